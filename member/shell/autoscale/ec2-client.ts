/** Auto Scaling groups of AWS: two actions of its Query API, whose answers are XML. */
import { err, ok, type Result } from '../../base/result.ts';
import type { HttpSender } from '../outgoing/http-sender.ts';
import { reply, timeoutMs, type ScalingClient } from './scaling-client.ts';
import { signAws } from './sign-aws.ts';

export interface Ec2Options {
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** Empty: AWS itself. */
  readonly endpoint: string;
  readonly sender: HttpSender;
  /** Milliseconds since 1970: a signature holds for some minutes. */
  readonly wallMs: () => number;
}

export function createEc2Client(options: Ec2Options): ScalingClient {
  const capacityOf = async (group: string): Promise<Result<number, string>> => {
    const answer = await act(options, {
      Action: 'DescribeAutoScalingGroups',
      'AutoScalingGroupNames.member.1': group,
    });
    const capacity = answer.ok ? readCapacity(answer.value) : err(`failed to create GET request for ${answer.error}`);
    return capacity.ok
      ? capacity
      : err(`failed to get ec2 autoscaleGroup for ${JSON.stringify(group)}: ${capacity.error}`);
  };
  // The node has cooldowns of its own: those of the group are not heeded, as in 1.5.4.
  const setCapacity = async (group: string, capacity: number): Promise<Result<void, string>> => {
    const answer = await act(options, {
      Action: 'SetDesiredCapacity',
      AutoScalingGroupName: group,
      DesiredCapacity: String(capacity),
      HonorCooldown: 'false',
    });
    return answer.ok ? ok(undefined) : err(`Failed to set desired capacity ${answer.error}`);
  };
  return {
    replicas: ({ name }, done) => reply(capacityOf(name), done),
    setReplicas: ({ name }, replicas, done) => reply(setCapacity(name, replicas), done),
    async test() {
      const answer = await act(options, { Action: 'DescribeAutoScalingGroups', MaxRecords: '1' });
      return answer.ok ? ok(undefined) : answer;
    },
  };
}

/** The body of an answer with status 200, or the code and message of the refusal. */
async function act(options: Ec2Options, parameters: Readonly<Record<string, string>>): Promise<Result<string, string>> {
  const { region, accessKey, secretKey, sender, wallMs } = options;
  if (accessKey === '' || secretKey === '') return err('EmptyStaticCreds: static credentials are empty');
  const endpoint = options.endpoint === '' ? endpointOf(region) : options.endpoint;
  if (!URL.canParse(endpoint)) return err(`RequestError: ${JSON.stringify(endpoint)} is no URL`);
  const url = new URL(endpoint);
  const body = new URLSearchParams({ ...parameters, Version: '2011-01-01' }).toString();
  const headers = signAws(
    { method: 'POST', url, headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' }, body },
    { region, service: 'autoscaling', accessKey, secretKey, wallMs: wallMs() },
  );
  const outcome = await sender.exchange({ method: 'POST', url: url.href, headers, body, timeoutMs });
  if (outcome.kind === 'failed') return err(`RequestError: send request failed: ${outcome.reason}`);
  if (outcome.status === 200) return ok(outcome.body);
  const code = element(outcome.body, 'Code') ?? 'UnknownError';
  return err(`${code}: ${element(outcome.body, 'Message') ?? `status code: ${outcome.status}`}`);
}

function endpointOf(region: string): string {
  return `https://autoscaling.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}/`;
}

/** 1.5.4 takes a group that is not there for one of capacity 0, and then fails to change it. */
function readCapacity(xml: string): Result<number, string> {
  const capacity = element(xml, 'DesiredCapacity');
  return capacity !== undefined && /^\d+$/.test(capacity) ? ok(Number(capacity)) : err('there is no such group');
}

/** The text of the first element of that name: enough for answers about one group, in which names do not repeat. */
function element(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text?.replaceAll(/&(lt|gt|quot|apos|amp);/g, (_match, entity: string) => entities[entity] ?? '');
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
