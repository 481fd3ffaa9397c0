// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { shallowRef } from 'vue';
import { showLabPictures } from '../../../src/renderer/components/show-lab-pictures.ts';
import type { Language } from '../../../src/renderer/locales/i18n.ts';
import { sharedClock } from '../../../src/renderer/station/clock.ts';
import { OneCall } from '../../../src/renderer/stores/one-call.ts';
import { colleague, FakeCalls, FakeMediaStream, operator, person } from '../fake-calls.ts';
import { FakePeer, fakePictures, FakeStation, sampleState } from '../fake-page.ts';
import { press, settle, stream, tap, text } from '../open-page.ts';

const place = { playsWhileHidden: false, offersFullScreen: true, hands: 'mouse', kiosk: null } as const;
const language = shallowRef<Language>('en');
const ends: (() => void)[] = [];
let oneCall: OneCall;

beforeEach(() => {
  vi.stubGlobal('MediaStream', FakeMediaStream);
  vi.stubGlobal('RTCPeerConnection', FakePeer);
  fakePictures(HTMLAudioElement.prototype);
  oneCall = new OneCall();
  language.value = 'en';
});
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** Shows the pictures of a station where this page can call whoever is there. */
async function show(calls: FakeCalls): Promise<HTMLElement> {
  const client = new FakeStation();
  client.calls = calls;
  const root = document.body.appendChild(document.createElement('div'));
  const none = { pass: null, access: null, settings: null, directory: null };
  ends.push(showLabPictures({ client, clock: sharedClock, place, ...none }, root, { language, oneCall }));
  client.tell(sampleState([stream('bench'), stream('stage')]));
  await settle();
  return root;
}

/** The same, in a call. */
async function talkAt(calls: FakeCalls): Promise<HTMLElement> {
  const root = await show(calls);
  await tap('lab-calls', root);
  await tap('call-key', root);
  calls.ring(colleague, operator);
  calls.answer(colleague, operator);
  await settle();
  return root;
}

const station = (): FakeCalls => new FakeCalls(colleague, [person(operator)]);
const marked = (root: HTMLElement, mark: string) => root.querySelector<HTMLElement>(`[data-testid="${mark}"]`);

describe('Another station’s pictures', () => {
  test('have a key to call whoever is there, and the call beside them', async () => {
    const calls = station();
    const root = await talkAt(calls);
    expect(calls.initiate).toHaveBeenCalledExactlyOnceWith('station');
    expect(text(marked(root, 'call-panel'))).toContain('Joining the call…');
    await tap('settings-close', root);
    expect(text(marked(root, 'call-strip'))).toContain('In a call with Room 4');
  });

  test('have no such key where whoever is here can’t call', async () => {
    const calls = station();
    calls.onCalls = () => () => undefined;
    expect(marked(await show(calls), 'lab-calls')).toBeNull();
  });

  test('are left to the page around them by Escape, unless it leaves something there, or would hang up', async () => {
    const root = await show(station());
    const left = vi.fn<(event: Event) => void>();
    const hear = (event: Event): void => void (event.defaultPrevented || left(event));
    window.addEventListener('keydown', hear);
    ends.push(() => window.removeEventListener('keydown', hear));
    await tap('lab-calls', root);
    await press('Escape', document.body);
    expect(marked(root, 'call-panel')).toBeNull();
    await tap('tile', root);
    expect(root.querySelectorAll('[data-testid="tile"]')).toHaveLength(1);
    await press('Escape', document.body);
    expect(root.querySelectorAll('[data-testid="tile"]')).toHaveLength(2);
    expect(left).not.toHaveBeenCalled();
    await press('Escape', document.body);
    expect(left).toHaveBeenCalledOnce();
    const other = await talkAt(station());
    for (let presses = 0; presses < 3; presses += 1) await press('Escape', marked(other, 'lab-calls') ?? other);
    expect(marked(other, 'call-panel')).toBeNull();
    expect(left).toHaveBeenCalledOnce();
  });

  test('keep their call in another language', async () => {
    const root = await talkAt(station());
    language.value = 'de';
    await settle();
    expect(text(marked(root, 'call-panel'))).toContain('Das Gespräch beginnt…');
  });

  test('hang up when they go', async () => {
    const calls = station();
    await talkAt(calls);
    ends.pop()?.();
    await settle();
    expect(calls.end).toHaveBeenCalledExactlyOnceWith('call-1', 'hung_up');
  });
});

test('A page that is in a call at one station begins none and answers none at another one, and says so', async () => {
  const first = station();
  await talkAt(first);
  const second = station();
  const other = await show(second);
  await tap('lab-calls', other);
  await tap('call-key', other);
  expect(text(marked(other, 'call-refusal'))).toBe('You are in a call already.');
  second.ring(operator, colleague);
  await settle();
  await tap('call-accept', other);
  expect(text(marked(other, 'call-refusal'))).toBe('You are in a call already.');
  expect(second.initiate).not.toHaveBeenCalled();
  expect(second.accept).not.toHaveBeenCalled();
  first.finish(colleague, operator, 'hung_up', operator);
  await settle();
  await tap('call-accept', other);
  expect(second.accept).toHaveBeenCalledOnce();
});
