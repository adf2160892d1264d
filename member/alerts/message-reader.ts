/**
 * Checks what a peer sent, so that the core never meets a message of the wrong shape. A message that does not
 * fit is refused as a whole, with the place and what was expected there.
 */
import { isUuid } from '../base/ids.ts';
import { err, ok, type Result } from '../base/result.ts';
import { flag, list, matching, nullable, oneOf, record, shape, text, words, type Check } from '../base/shape.ts';
import { isLevel } from './level.ts';
import type { Completion, PeerAnswer, PeerRequest, PublicationCopy, WireRegister } from './messages.ts';
import { fromWireValue, isInt64 } from './wire.ts';

/** A request of a peer, or why it is none. */
export function readPeerRequest(value: unknown): Result<PeerRequest, string> {
  const problem = oneOf({ publications, completions, ask, deletion, sync })(value, 'request');
  // The checks above prove the shape member by member; the type system cannot follow them.
  return problem === null ? ok(value as PeerRequest) : err(problem);
}

/** An answer of a peer, or why it is none. */
export function readPeerAnswer(value: unknown): Result<PeerAnswer, string> {
  const problem = oneOf({ accepted: shape({}), states, 'sync-part': syncPart })(value, 'answer');
  return problem === null ? ok(value as PeerAnswer) : err(problem);
}

const number: Check = (value, at) =>
  typeof value === 'number' && Number.isFinite(value) ? null : `${at}: expected a number`;
const int64: Check = (value, at) => (isInt64(value) ? null : `${at}: expected a 64-bit integer as text`);
const member = matching(isUuid, 'a member ID');
const level: Check = (value, at) => (isLevel(value) ? null : `${at}: expected OK, INFO, WARNING or CRITICAL`);
const data: Check = (value, at) => (fromWireValue(value) === undefined ? `${at}: expected a data value` : null);

const publication = shape({
  topic: text,
  event: text,
  level,
  timeNs: int64,
  durationNs: int64,
  message: text,
  details: text,
  series: list(shape({ name: text, tags: record(text), columns: list(text), values: list(list(data)) })),
  name: text,
  group: text,
  tags: record(text),
  fields: record(data),
  task: text,
  category: text,
  recoverable: flag,
  stateChangesOnly: flag,
  stateChangesIntervalNs: int64,
  replay: nullable(text),
});

const cause = words('first-owner', 'delay-ran-out', 'owner-failed', 'membership-change');
const copy = shape({
  key: text,
  ordinal: text,
  via: list(text),
  cause,
  owners: list(member),
  ownersVersion: number,
  publication,
});

const register = shape({
  topic: text,
  event: text,
  level,
  timeNs: int64,
  durationNs: int64,
  message: text,
  details: text,
  member: text,
  key: text,
  previousLevel: level,
  updatedWallMs: number,
});

const completionShape: Readonly<Record<string, Check>> = {
  key: text,
  topic: text,
  event: text,
  level,
  timeNs: int64,
  by: member,
  rank: number,
  outcome: words('handled', 'no-change', 'late'),
  cause,
  atWallMs: number,
  owners: list(member),
};
const completion = shape(completionShape);
const topicDeletion = shape({ topic: text, atWallMs: number });
const position = shape({ topic: text, part: words('registers', 'completions'), id: text });
const held = shape({ key: text, rank: number });

const publications = shape({ sentWallMs: number, copies: list(copy) });
const completions = shape({ completions: list(shape({ ...completionShape, register: nullable(register) })) });
const ask = shape({ keys: list(text) });
const deletion = shape({ deletion: topicDeletion });
const sync = shape({
  after: nullable(text),
  upTo: nullable(text),
  topics: list(shape({ topic: text, registers: text, completions: record(text) })),
  deletions: text,
  resume: nullable(position),
});
const states = shape({
  states: list(
    oneOf(
      { complete: shape({ key: text, completion }), waiting: held, handling: held, unknown: shape({ key: text }) },
      'state',
    ),
  ),
});
const syncPart = shape({
  registers: list(register),
  completions: list(completion),
  deletions: list(topicDeletion),
  next: nullable(position),
});

/** A completion, register or copy that was stored by this member; a row of an older form is refused, not trusted. */
export const isStoredCompletion = (value: unknown): value is Completion => completion(value, 'row') === null;
export const isStoredRegister = (value: unknown): value is WireRegister => register(value, 'row') === null;
export const isStoredCopy = (value: unknown): value is PublicationCopy => copy(value, 'row') === null;
