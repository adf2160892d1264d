import { seededRandom } from '../../base/random.ts';
import type { GossipOptions } from '../options.ts';
import { lanSettings } from '../settings.ts';
import { nilBytes } from '../wire/bytes.ts';

/** A member `me` at 127.0.0.1:7946 with LAN settings, as the merge vectors assume it. */
export function exampleOptions(changes: Partial<GossipOptions> = {}): GossipOptions {
  return {
    name: 'me',
    advertise: { host: '127.0.0.1', port: 7946 },
    meta: nilBytes,
    settings: lanSettings,
    random: seededRandom(1),
    ...changes,
  };
}
