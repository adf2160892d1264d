/**
 * The page over the fake host, for looking at every screen and state without processes:
 *   demo.html?scene=failover&theme=light&still=1&screen=alerts&dock=terminals
 * `still` holds the clock, so that two pictures of one state are equal.
 */
import '../ui/styles.css';
import { createRoot } from 'react-dom/client';
import { present } from '../../member/base/assert.ts';
import { App } from '../app/app.tsx';
import { takeKept } from '../app/kept-settings.ts';
import { session, type DockTab, type Screen } from '../app/session.ts';
import { feedWorld } from '../state/store.ts';
import { holdClock, wallNow } from '../ui/clock.ts';
import { openScene } from './scenes.ts';

const query = new URLSearchParams(location.search);
const isStill = query.get('still') !== null;
/** 14:36:04 of the mocks' day, in the zone of this computer. */
const stillAt = new Date(2026, 10, 25, 14, 36, 4).getTime();
if (isStill) holdClock(() => stillAt);
document.documentElement.dataset['still'] = isStill ? 'yes' : 'no';

const host = openScene(query.get('scene') ?? 'topology', wallNow(), isStill ? 3_900 : 0);
const feed = feedWorld(host.bridge, wallNow);
feed.setConnected(true);
takeKept(
  {
    theme: query.get('theme') ?? 'dark',
    screen: query.get('screen'),
    dockTab: query.get('dock'),
    textSize: Number(query.get('text') ?? 100),
  },
  window.innerHeight,
);
const screen = session.getState().screen satisfies Screen;
if (query.get('dock') !== null) {
  const panes = session.getState().panes;
  session.setState({
    dockTab: session.getState().dockTab satisfies DockTab,
    panes: { ...panes, [screen]: { ...panes[screen], isDockOpen: true } },
  });
}
const member = query.get('member');
if (member !== null) session.setState({ selection: { kind: 'member', name: member } });
const [a, b] = (query.get('link') ?? '').split('~');
if (a !== undefined && a !== '' && b !== undefined) session.setState({ selection: { kind: 'link', a, b } });
if (query.get('alert') !== null) session.setState({ alertKey: query.get('alert') });
if (query.get('present') !== null) session.setState({ isPresenting: true });
if (query.get('scenario') !== null) void host.bridge.request('scenario.start', { name: 'failover' });
if (query.get('lost') !== null) setTimeout(() => feed.setConnected(false), 300);

if (!isStill) setInterval(() => host.advanceTo(wallNow()), 40);
else host.advanceTo(stillAt);

createRoot(present(document.getElementById('root'), 'the page has no root')).render(
  <App handle={{ bridge: host.bridge, feed }} />,
);

// For scripts that take pictures: make the held world move, or drive the fake host.
Object.assign(window, {
  demo: { host, feed, session, advanceBy: (ms: number) => host.advanceTo(host.cluster.now + ms) },
});
