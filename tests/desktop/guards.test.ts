import { describe, expect, it, vi } from 'vitest';
import { guardSession } from '../../src/main/desktop/guards.ts';

type Session = Parameters<typeof guardSession>[0];

vi.mock('electron', () => ({ app: { on: () => undefined }, net: {}, protocol: {} }));

type Handlers = {
  readonly [
    K in 'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDisplayMediaRequestHandler'
  ]: NonNullable<Parameters<Session[K]>[0]>;
};

/** What a session asks of a kiosk in which a call is going on, or not. */
function guarded(isCalling: () => boolean) {
  const handlers: Partial<Handlers> = {};
  const keep = (name: keyof Handlers) => (handler: unknown) => void Object.assign(handlers, { [name]: handler });
  const session = {
    setPermissionRequestHandler: keep('setPermissionRequestHandler'),
    setPermissionCheckHandler: keep('setPermissionCheckHandler'),
    setDisplayMediaRequestHandler: keep('setDisplayMediaRequestHandler'),
    setDevicePermissionHandler: () => undefined,
    on: () => undefined,
  };
  guardSession(session as unknown as Session, isCalling);
  const {
    setPermissionRequestHandler: ask,
    setPermissionCheckHandler: check,
    setDisplayMediaRequestHandler: share,
  } = handlers as Handlers;
  return {
    mayUse: (permission: 'media' | 'geolocation', url = 'app://eyepiece/', isMainFrame = true): boolean[] => {
      const contents = null as never;
      const answers: boolean[] = [];
      const details = { requestingUrl: url, isMainFrame, securityOrigin: url, mediaTypes: [] };
      ask(contents, permission, (isAllowed) => answers.push(isAllowed), details);
      return [...answers, check(contents, permission, url, { ...details, isMainFrame })];
    },
    shared: (frame: object | null, securityOrigin = 'app://eyepiece/'): unknown => {
      let streams: unknown = 'nothing was said';
      share({ frame, securityOrigin } as never, (given) => (streams = given));
      return streams;
    },
  };
}

const ownFrame = { parent: null };

describe('The kiosk’s own page', () => {
  it('gets camera and microphone while somebody calls, and loses them with the call', () => {
    let isCalling = false;
    const { mayUse } = guarded(() => isCalling);
    expect(mayUse('media')).toEqual([false, false]);
    isCalling = true;
    expect(mayUse('media')).toEqual([true, true]);
    isCalling = false;
    expect(mayUse('media')).toEqual([false, false]);
  });

  it('gets nothing else, whoever calls, and no other page gets anything', () => {
    const { mayUse } = guarded(() => true);
    expect(mayUse('geolocation')).toEqual([false, false]);
    expect(mayUse('media', 'https://evil.example/')).toEqual([false, false]);
    expect(mayUse('media', 'app://eyepiece/', false)[0]).toBe(false);
  });

  it('shares itself as the screen while somebody calls, and never anything else', () => {
    expect(guarded(() => true).shared(ownFrame)).toEqual({ video: ownFrame });
    expect(guarded(() => false).shared(ownFrame)).toBeNull();
    expect(guarded(() => true).shared({ parent: ownFrame })).toBeNull();
    expect(guarded(() => true).shared(null)).toBeNull();
    expect(guarded(() => true).shared(ownFrame, 'https://evil.example/')).toBeNull();
  });
});
