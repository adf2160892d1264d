import { useMemo } from 'react';
import { useWorld } from '../../app/lab-context.tsx';
import { useSession } from '../../app/session.ts';
import { allLinks, type LinkFacts } from '../../state/links.ts';
import { midpoint, placeMap, type MapPlaces, type Point } from '../../state/map-geometry.ts';
import { allMembers, type MemberFacts } from '../../state/members.ts';
import { allWaits, ranksOf, shownTopic, type Ranks, type Waiting } from '../../state/topics.ts';
import type { Size } from '../../ui/use-size.ts';

/** Everything the map draws, derived from the world once per change. */
export interface MapModel {
  readonly members: readonly MemberFacts[];
  readonly links: readonly LinkFacts[];
  readonly topic: string | null;
  readonly ranks: Ranks;
  readonly waits: readonly Waiting[];
  readonly places: MapPlaces;
  readonly spots: ReadonlyMap<string, Point>;
  /** Middles of links that carry words or a sign. */
  readonly middles: readonly Point[];
}

/** Over the lower left of the map lies the player's card while a scenario runs. */
const cardInset = 440;
/** Under this width there is no room beside the card; it lies over the map. */
const insetFrom = 1000;

export function useMapModel({ width, height }: Size): MapModel {
  const host = useWorld((world) => world.host);
  const facts = useWorld((world) => world.facts);
  const wanted = useSession((state) => state.topic);
  const members = useMemo(() => (host === null ? [] : allMembers(host)), [host]);
  const links = useMemo(() => (host === null ? [] : allLinks(host, facts)), [host, facts]);
  const topic = host === null ? null : shownTopic(host, wanted);
  const ranks = useMemo(() => (host === null ? {} : ranksOf(host, topic)), [host, topic]);
  const waits = useMemo(() => (host === null ? [] : allWaits(host)), [host]);
  const names = members.map((member) => member.name).join('\n');
  const hasCard = useSession((state) => !state.isPresenting) && host !== null && host.scenario !== null;
  const leftInset = hasCard && width >= insetFrom ? cardInset : 0;
  const places = useMemo(
    () => placeMap(members.length, { width, height, leftInset }),
    [members.length, width, height, leftInset],
  );
  const spots = useMemo(
    () => new Map(names.split('\n').map((name, index) => [name, places.members[index] ?? places.center] as const)),
    [names, places],
  );
  const signed = links
    .filter((link) => link.label !== null || link.sign !== null)
    .map((link) => link.key)
    .join('\n');
  const middles = useMemo(() => {
    const place = (name: string): Point => spots.get(name) ?? places.center;
    return signed
      .split('\n')
      .filter((key) => key !== '')
      .map((key) => {
        const [a = '', b = ''] = key.split('~');
        return midpoint(place(a), place(b));
      });
  }, [signed, spots, places]);
  return { members, links, topic: topic?.topic ?? null, ranks, waits, places, spots, middles };
}
