/** A shell that knows a few commands, so that terminals can be seen and typed into without processes. */
import type { HostState } from '../../electron/contract/state.ts';

const gap = (text: string, width: number): string => text.padEnd(width);

export class FakeShell {
  private line = '';
  private readonly member: string;
  private readonly state: () => HostState;
  private readonly print: (text: string) => void;

  constructor(member: string, state: () => HostState, print: (text: string) => void) {
    this.member = member;
    this.state = state;
    this.print = print;
  }

  greeting(): string {
    return this.prompt();
  }

  take(data: string): void {
    for (const char of data) this.key(char);
  }

  private key(char: string): void {
    if (char === '\r') {
      this.print('\r\n');
      const answer = this.run(this.line.trim());
      this.line = '';
      this.print(`${answer.replaceAll('\n', '\r\n')}${this.prompt()}`);
    } else if (char === '\x7f') {
      if (this.line === '') return;
      this.line = this.line.slice(0, -1);
      this.print('\b \b');
    } else {
      this.line += char;
      this.print(char);
    }
  }

  private prompt(): string {
    return `\x1b[1m${this.member}$\x1b[0m `;
  }

  private run(command: string): string {
    if (command === '') return '';
    if (command === 'echo $KAPACITOR_URL') return `${this.own()?.api ?? ''}\n`;
    if (command === 'kapacitorctl member list') return this.memberList();
    if (command === 'kapacitor list topics')
      return `ID         Level     Collected\n${this.state()
        .topics.map(
          (topic) =>
            `${gap(topic.topic, 10)} ${gap(topic.level, 8)} ${String(this.state().alerts.length).padStart(10)}`,
        )
        .join('\n')}\n`;
    return `${command.split(' ')[0] ?? ''}: command not found\n`;
  }

  private own(): HostState['members'][number] | undefined {
    return this.state().members.find((member) => member.name === this.member);
  }

  private memberList(): string {
    const own = this.own();
    const head = `State: ${own?.clusterState ?? 'uninitialized'}\nCluster ID: ${own?.clusterId ?? ''}\nLocal Member ID: ${own?.id ?? ''}\n`;
    const rows = this.state().members.map((member) => {
      const status =
        member.name === this.member
          ? 'alive'
          : (own?.views.find((view) => view.member === member.name)?.status ?? 'alive');
      return `${gap(member.id ?? '', 40)}${gap(member.gossip, 18)}${gap(member.rpc, 18)}${gap(member.api.replace('http://', ''), 18)}${gap('worker', 7)}${status}`;
    });
    return `${head}${gap('Member ID', 40)}${gap('Gossip Address', 18)}${gap('RPC Address', 18)}${gap('API Address', 18)}${gap('Roles', 7)}Status\n${rows.join('\n')}\n`;
  }
}
