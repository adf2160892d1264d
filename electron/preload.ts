/** Exposes the contract's two functions to the page, over the wire that all hosts share. */
import { contextBridge, ipcRenderer } from 'electron';
import { wireBridge } from './contract/wire-bridge.ts';

const wire = wireBridge((text) => ipcRenderer.send('lab:wire', text));
ipcRenderer.on('lab:wire', (_event, text: unknown) => {
  if (typeof text === 'string') wire.receive(text);
});
wire.opened();
contextBridge.exposeInMainWorld('lab', wire.bridge);
