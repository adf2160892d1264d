/** The streams of the contract, out of a lab: state, terminals, logs, observations. Chatter is sent in batches. */
import type { LogLine, ObservationNotice, StreamName, StreamNotice, StreamParameter } from '../contract/notices.ts';
import type { Lab } from '../lab/lab.ts';
import type { Terminals } from './terminals.ts';

const batchMs = 50;
/** One notice holds at most this many; a page that opens a full log gets it in pieces. */
const batchLimit = 2_000;

export type Streams = {
  readonly [S in StreamName]: (
    parameter: StreamParameter<S>,
    listener: (notice: StreamNotice<S>) => void,
    isVisible: () => boolean,
  ) => () => void;
};

export function labStreams(lab: Lab, terminals: Terminals): Streams {
  return {
    state: (_nothing, listener, isVisible) => lab.store.follow({ listener, isVisible }),
    terminal: (id, listener) => terminals.follow(id, listener),
    log: (member, listener) => {
      const batch = new Batch<LogLine>(listener);
      return batch.endedWith(lab.followLog(member, (line) => batch.add(line)));
    },
    observations: (_nothing, listener) => {
      const batch = new Batch<ObservationNotice>(listener);
      const undo = lab.followObservations(({ member, at, observation }) =>
        batch.add({ member, at, observation: { ...observation } }),
      );
      return batch.endedWith(undo);
    },
  };
}

class Batch<T> {
  private readonly listener: (items: T[]) => void;
  private items: T[] = [];
  private timer: NodeJS.Timeout | null = null;

  constructor(listener: (items: T[]) => void) {
    this.listener = listener;
  }

  add(item: T): void {
    this.items.push(item);
    if (this.items.length >= batchLimit) this.flush();
    this.timer ??= setTimeout(() => this.flush(), batchMs);
  }

  endedWith(undo: () => void): () => void {
    return () => {
      undo();
      if (this.timer !== null) clearTimeout(this.timer);
      this.items = [];
    };
  }

  private flush(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const { items } = this;
    this.items = [];
    if (items.length > 0) this.listener(items);
  }
}
