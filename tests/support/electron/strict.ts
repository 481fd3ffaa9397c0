import { EventEmitter } from 'node:events';

/**
 * A part of Electron as far as the stand-in has it. Whatever it has not throws when it is touched, so that nothing seems to work
 * that does not.
 */
export function strict<T extends object>(name: string, part: T): T {
  const missing = (key: PropertyKey): Error => new Error(`The stand-in for Electron has no ${name}.${String(key)}.`);
  return new Proxy(part, {
    get(target, key) {
      // `then` is asked of everything that is awaited.
      if (!(key in target) && typeof key === 'string' && key !== 'then') throw missing(key);
      // Private fields are the part's own, not the proxy's.
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
    set(target, key, value) {
      if (!(key in target)) throw missing(key);
      return Reflect.set(target, key, value, target);
    },
  });
}

/** Something that emits events, and throws where somebody waits for one that it never emits. */
export class StrictEmitter extends EventEmitter {
  constructor(name: string, events: readonly string[]) {
    super();
    this.on('newListener', (event: string) => {
      if (!events.includes(event)) throw new Error(`The stand-in for Electron never emits '${event}' of ${name}.`);
    });
  }

  /** Emits an event whose listeners may prevent what it announces. @returns Whether one did. */
  announce(event: string, details: object = {}, ...args: readonly unknown[]): boolean {
    const announced = {
      ...details,
      defaultPrevented: false,
      preventDefault: () => {
        announced.defaultPrevented = true;
      },
    };
    this.emit(event, announced, ...args);
    return announced.defaultPrevented;
  }
}
