type Method = (...args: unknown[]) => unknown;

/** Replaces a method of one object; werift keeps these private, hence by name and with a check. */
export function intercept(target: object, name: string, replace: (original: Method) => Method): void {
  Reflect.set(target, name, replace(method(target, name)));
}

/** @throws Error where the object has no such method. */
export function method(target: object, name: string): Method {
  const found: unknown = Reflect.get(target, name);
  if (typeof found !== 'function') throw new Error(`werift has changed: ${target.constructor.name} has no ${name}`);
  return (...args): unknown => Reflect.apply(found, target, args);
}
