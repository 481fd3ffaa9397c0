import { inject, type InjectionKey } from 'vue';
import type { Connection } from '../station/connect.ts';

/** Under which the app provides the connection to its station. */
export const connectionKey: InjectionKey<Connection> = Symbol('connection');

/** The connection of the app that asks. */
export function useConnection(): Connection {
  const connection = inject(connectionKey);
  if (!connection) throw new Error('The app was started without a connection to a station.');
  return connection;
}
