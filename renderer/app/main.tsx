import '../ui/styles.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { present } from '../../member/base/assert.ts';
import { openBridge } from '../bridge/open-bridge.ts';
import { feedWorld } from '../state/store.ts';
import { wallNow } from '../ui/clock.ts';
import { App } from './app.tsx';
import { keepSettings } from './kept-settings.ts';

const link = openBridge();
const feed = feedWorld(link.bridge, wallNow);
let hasSettings = false;
link.watch((isConnected) => {
  feed.setConnected(isConnected);
  if (!isConnected || hasSettings) return;
  hasSettings = true;
  void keepSettings(link.bridge);
});

createRoot(present(document.getElementById('root'), 'the page has no root')).render(
  <StrictMode>
    <App handle={{ bridge: link.bridge, feed }} />
  </StrictMode>,
);
