/** The wire over Electron's IPC: texts of the main frame of our own page, and of nothing else. */
import { ipcMain, type IpcMainEvent, type WebContents } from 'electron';
import type { WireConnection, WireServer } from '../host/wire-server.ts';
import { pageUrl } from './app-scheme.ts';

const channel = 'lab:wire';

export function serveWire(wire: WireServer): void {
  const connections = new Map<number, WireConnection>();
  ipcMain.on(channel, (event: IpcMainEvent, text: unknown) => {
    if (!isOurPage(event) || typeof text !== 'string') return;
    const { sender } = event;
    const connection = connections.get(sender.id) ?? connect(wire, sender, connections);
    if (!connection.receive(text)) connection.close();
  });
}

function connect(wire: WireServer, page: WebContents, connections: Map<number, WireConnection>): WireConnection {
  const { id } = page;
  const send = (text: string): void => {
    if (!page.isDestroyed()) page.send(channel, text);
  };
  const connection = wire.connect(send, () => undefined);
  connections.set(id, connection);
  // A page that is loaded again begins a new wire, with subscriptions of its own.
  const leave = (details: { isMainFrame: boolean; isSameDocument: boolean }): void => {
    if (details.isMainFrame && !details.isSameDocument) end();
  };
  const end = (): void => {
    connections.delete(id);
    page.off('did-start-navigation', leave);
    connection.close();
  };
  page.on('did-start-navigation', leave);
  page.once('destroyed', end);
  page.once('render-process-gone', end);
  return connection;
}

function isOurPage({ senderFrame, sender }: IpcMainEvent): boolean {
  return senderFrame !== null && senderFrame === sender.mainFrame && senderFrame.url.startsWith(pageUrl);
}
