// @vitest-environment happy-dom
import { expect, it, vi } from 'vitest';
import type { Me, Role } from '../../../src/shared/access.ts';
import type { RemoteSettings } from '../../../src/shared/settings.ts';
import { sharedClock } from '../../../src/renderer/station/clock.ts';
import { httpSettings } from '../../../src/renderer/station/http-settings.ts';
import { streamSettings } from '../fake-bridge.ts';
import { marked, openPage, play, settle, station, stream, tap, text, type } from '../open-page.ts';

const rightsOf: Readonly<Record<Role, Me['rights']>> = {
  viewer: ['watch'],
  operator: ['watch', 'set_up'],
  admin: ['watch', 'set_up', 'change_settings', 'manage_access'],
};

const me = (role: Role): Me => ({ kind: 'user', name: 'Anna', role, rights: rightsOf[role], streams: 'all' });

/** A browser whose user has this role, over a door that is played by the test. */
async function openBrowser(role: Role) {
  let settings: RemoteSettings = { stationName: 'Scope 2', streams: [streamSettings('one')], fixedBy: null };
  const asked: string[] = [];
  const answer = vi.fn((method: string, path: string, body: unknown): Response => {
    if (path === '/api/cameras') {
      return Response.json([{ id: 'usb-2', name: 'Webcam', path: '/dev/video2', modes: [] }]);
    }
    if (method === 'PATCH' && path === '/api/settings') {
      settings = { ...settings, stationName: (body as { readonly stationName: string }).stationName };
    }
    return Response.json(settings);
  });
  const fetch = (url: URL, init: RequestInit): Promise<Response> => {
    const { method = 'GET', body } = init;
    asked.push(`${method} ${url.pathname}`);
    return Promise.resolve(answer(method, url.pathname, typeof body === 'string' ? JSON.parse(body) : null));
  };
  station.me.mockResolvedValue(me(role));
  const place = { playsWhileHidden: false, offersFullScreen: true, hands: 'mouse', kiosk: null } as const;
  const client = httpSettings(new URL('https://192.0.2.1:8081/'), { fetch });
  await openPage([stream('one')], sharedClock, place, null, client);
  return { asked, answer };
}

it('Settings are offered in a browser to whoever may change them', async () => {
  await openBrowser('operator');
  expect(marked('settings')).toBeNull();
  await openBrowser('admin');
  expect(marked('settings')).not.toBeNull();
});

it('Settings in a browser have streams and the station’s name, but neither the guest link nor the kiosk', async () => {
  const { asked } = await openBrowser('admin');
  await tap('settings');
  await settle();
  expect([...document.querySelectorAll('[data-testid="settings-panel"] h3')].map(text)).toEqual([
    'Streams',
    'Add a stream',
    'Station',
  ]);
  expect(marked('add-camera')?.textContent).toContain('Webcam');
  await type(marked('station-name')?.querySelector('input'), 'Room 2');
  expect(asked).toEqual(['GET /api/settings', 'GET /api/cameras', 'PATCH /api/settings']);
  expect(marked('station-name')?.querySelector('input')?.value).toBe('Room 2');
});

it('Settings in a browser say in a sentence why the station refused', async () => {
  const { answer } = await openBrowser('admin');
  await tap('settings');
  await settle();
  const title = 'That is not a camera of this station.';
  answer.mockReturnValueOnce(Response.json({ status: 400, code: 'bad_setting', title }, { status: 400 }));
  await tap('add-camera');
  await settle();
  expect(text(marked('settings-refusal'))).toContain(title);
});

it('Settings in a browser close when the right is taken away', async () => {
  await openBrowser('admin');
  await tap('settings');
  await settle();
  expect(marked('settings-panel')).not.toBeNull();
  station.me.mockResolvedValue(me('viewer'));
  await play(11, [stream('one')]);
  expect(marked('settings-panel')).toBeNull();
  expect(marked('settings')).toBeNull();
});
