// @vitest-environment happy-dom
import { describe, expect, test, vi } from 'vitest';
import { Refusal } from '../../../src/renderer/station/client.ts';
import type { CallEnd, Party } from '../../../src/shared/calls.ts';
import { FakeBridge } from '../fake-bridge.ts';
import { anna, callId, colleague, operator, person } from '../fake-calls.ts';
import { FakePeer } from '../fake-page.ts';
import { calls, channelOf, hear, open, openCall, wall } from '../open-call.ts';
import { marked, openKiosk, openPage, settle, station, tap, text, tile, type } from '../open-page.ts';

describe('Who can be called', () => {
  test('is told nowhere where nobody here may call', async () => {
    station.calls = { ...station.calls, onCalls: () => () => undefined };
    await openPage(wall);
    expect(marked('calls')).toBeNull();
  });

  test('has a name and a key, and is busy in words where they are', async () => {
    await open(anna, [person(operator), person({ id: 'user:Berta', kind: 'user', name: 'Berta' }, true)]);
    await tap('calls');
    const people = [...document.querySelectorAll('[data-testid="call-person"]')];
    expect(people.map(text)).toEqual(['Room 4 at the station Call', 'Berta busy: in a call Call']);
    expect(people.map((each) => each.querySelector('button')?.disabled)).toEqual([false, true]);
  });

  test('is a colleague by name and directory, who can be called and is seen to call', async () => {
    await open(operator, [person(colleague)]);
    await tap('calls');
    expect(text(marked('call-person'))).toBe('Cleo from the directory “Lab” Call');
    await tap('call-key');
    expect(calls.initiate).toHaveBeenCalledExactlyOnceWith('colleague:lab:Cleo');
    calls.ring(colleague, operator);
    await settle();
    expect(text(marked('call-ringing'))).toContain('Cleo calls from the directory “Lab”');
    await tap('settings-close');
    expect(text(marked('call-strip'))).toContain('Cleo calls from the directory “Lab”');
  });

  test('rings when called, until the caller gives up', async () => {
    await open();
    await tap('calls');
    await tap('call-key');
    expect(calls.initiate).toHaveBeenCalledExactlyOnceWith('user:Anna');
    calls.ring(operator, anna);
    await settle();
    expect(text(marked('call-ringing'))).toContain('Calling Anna It rings there.');
    await tap('call-cancel');
    expect(calls.end).toHaveBeenCalledWith(callId);
    calls.finish(operator, anna, 'cancelled', operator);
    await settle();
    expect(text(marked('call-ended'))).toBe('You cancelled the call to Anna.');
  });

  test.each([
    ['peer_busy', 'This person is busy in another call. Try again later.'],
    ['peer_unavailable', 'This person is not there any more.'],
    ['unreachable', 'The station does not answer. Try again.'],
    [
      'rang_in_vain',
      'Nobody answered your last calls there. You can call there again in 3 minutes.',
      2 * 60_000 + 1_000,
    ],
    ['rang_in_vain', 'Nobody answered your last calls there. You can call there again in 1 minute.', 1_000],
  ] as const)('is not called, and why (%s) is said', async (reason, sentence, retryAfterMs?: number) => {
    await open();
    await tap('calls');
    calls.initiate.mockRejectedValueOnce(new Refusal(reason, '', retryAfterMs));
    await tap('call-key');
    expect(text(marked('call-refusal'))).toBe(sentence);
  });
});

describe('A call that rings', () => {
  test('is an alert below the bar that covers no picture, and is accepted there', async () => {
    await open();
    calls.ring(anna, operator);
    await settle();
    expect(marked('call-strip')?.getAttribute('role')).toBe('alert');
    expect(text(marked('call-strip'))).toBe('Anna calls Accept Decline');
    expect(marked('call-strip')?.contains(tile('bench'))).toBe(false);
    await tap('call-accept');
    expect(calls.accept).toHaveBeenCalledExactlyOnceWith(callId);
    calls.answer(anna, operator);
    await settle();
    expect(text(marked('call-panel'))).toContain('Joining the call…');
    expect(marked('call-strip')).toBeNull();
  });

  test('is answered and ended on a locked kiosk without the PIN', async () => {
    const bridge = new FakeBridge();
    bridge.lockWith('274913');
    await openKiosk(wall, bridge);
    calls.ring(anna, operator);
    await settle();
    await tap('call-accept');
    calls.answer(anna, operator);
    await settle();
    expect(marked('call-panel')).not.toBeNull();
    await tap('call-hang-up');
    expect(calls.end).toHaveBeenCalledExactlyOnceWith(callId, 'hung_up');
    calls.finish(anna, operator, 'hung_up', operator);
    calls.ring(anna, operator);
    await settle();
    await tap('call-decline');
    expect(calls.decline).toHaveBeenCalledExactlyOnceWith(callId);
  });

  test.each<[CallEnd, Party, Party, Party | null, string]>([
    ['declined', operator, anna, anna, 'Anna declined the call.'],
    ['unanswered', operator, anna, null, 'Anna did not answer.'],
    ['unanswered', anna, operator, null, 'You missed a call of Anna.'],
    ['cancelled', anna, operator, anna, 'You missed a call of Anna.'],
    ['hung_up', anna, operator, anna, 'Anna hung up.'],
    ['lost', anna, operator, anna, 'The connection to Anna was lost and could not be repaired.'],
    ['deserted', anna, operator, null, 'The call with Anna ended, because nobody was there any more.'],
  ])('and has ended (%s) says why', async (why, caller, callee, by, sentence) => {
    await open();
    calls.finish(caller, callee, why, by);
    await settle();
    expect(text(marked('call-strip'))).toBe(sentence);
    calls.tell(null);
    await settle();
    expect(marked('call-strip')).toBeNull();
    await tap('calls');
    expect(text(marked('call-ended'))).toBe(sentence);
  });
});

describe('A call that goes on', () => {
  test('says how it is: waiting for the other page, connecting, connected, and repairing', async () => {
    await open();
    calls.ring(anna, operator);
    await settle();
    await tap('call-accept');
    calls.answer(anna, operator);
    calls.open(false);
    await settle();
    expect(text(marked('call-phase'))).toContain('Anna’s page is not there at the moment.');
    calls.notice({ type: 'peer_joined' });
    await settle();
    expect(text(marked('call-phase'))).toContain('Connecting to Anna…');
    FakePeer.newest.turn('connected');
    await settle();
    expect(text(marked('call-phase'))).toContain('Connected');
    calls.cut();
    await settle();
    expect(text(marked('call-panel'))).toContain('The call goes on without it.');
    FakePeer.newest.turn('disconnected');
    await settle();
    expect(text(marked('call-phase'))).toContain('The connection to Anna is lost.');
  });

  test('says once why this end is not heard and seen, and offers no keys for what is not there', async () => {
    await openCall();
    const sentence = 'This page did not come encrypted, and browsers lend no microphone and no camera then.';
    expect(text(marked('call-faults')).split(sentence)).toHaveLength(2);
    expect(marked('call-retry')).toBeNull();
    expect(marked('call-mute')?.getAttribute('aria-disabled')).toBe('true');
  });

  test('says what the browser refused, and asks again', async () => {
    const getUserMedia = vi.fn(() => Promise.reject(new DOMException('', 'NotAllowedError')));
    vi.stubGlobal('navigator', Object.create(navigator, { mediaDevices: { value: { getUserMedia } } }));
    await openCall();
    expect(text(marked('call-faults'))).toContain('Microphone: not allowed by you or the browser.');
    expect(text(marked('call-faults'))).toContain('Camera: not allowed by you or the browser.');
    const before = getUserMedia.mock.calls.length;
    await tap('call-retry');
    expect(getUserMedia.mock.calls.length).toBeGreaterThan(before);
  });

  test('shows in words and letters that the other end sends nothing', async () => {
    const peer = await openCall();
    await hear(peer, 'sending', { microphone: false, picture: 'none' });
    expect(text(marked('call-peer-words'))).toBe('Anna · muted · no picture');
    expect(marked('call-remote')?.style.display).toBe('none');
    await hear(peer, 'sending', { microphone: true, picture: 'screen' });
    expect(text(marked('call-peer-words'))).toBe('Anna · shares a screen');
    expect(marked('call-remote')?.style.display).toBe('');
  });

  test('has a chat that is text only, keeps what was not sent, and counts what nobody saw', async () => {
    const peer = await openCall();
    await hear(peer, 'chat', { type: 'text', message: '<img src=x onerror=alert(1)>', timestamp: Date.now() });
    expect(text(marked('chat-lines'))).toContain('<img src=x onerror=alert(1)>');
    expect(marked('chat-lines')?.querySelector('img')).toBeNull();

    const field = marked('chat-text') as HTMLInputElement;
    await type(field, 'Yes.');
    channelOf(peer, 'chat').readyState = 'closed';
    calls.notice({ type: 'peer_left' });
    await tap('chat-send');
    expect(text(marked('call-panel'))).toContain('Not sent');
    expect(field.value).toBe('Yes.');
    channelOf(peer, 'chat').readyState = 'open';
    await tap('chat-send');
    expect(field.value).toBe('');
    expect(channelOf(peer, 'chat').sent.map((line) => JSON.parse(line) as object)).toMatchObject([{ message: 'Yes.' }]);

    await tap('settings-close');
    expect(text(marked('call-strip'))).not.toContain('new message');
    await hear(peer, 'chat', { type: 'text', message: 'And now?', timestamp: Date.now() });
    expect(text(marked('call-strip'))).toContain('1 new message');
    await tap('call-show');
    expect(text(marked('chat-lines'))).toContain('And now?');
    expect(calls.end).not.toHaveBeenCalled();
  });

  test('looks for another way in these words as long as it takes, whatever the browser says meanwhile', async () => {
    const peer = await openCall();
    for (const state of ['disconnected', 'connecting', 'failed', 'connecting'] as const) {
      peer.turn(state);
      await settle();
      expect(text(marked('call-phase'))).toContain('The connection to Anna is lost. Looking for another way…');
    }
    peer.turn('connected');
    await settle();
    expect(text(marked('call-phase'))).toContain('Connected');
  });

  test('and is lost where the station can’t be told says so, and tells the station when it is back', async () => {
    const peer = await openCall();
    await tap('settings-close');
    calls.cut();
    calls.end.mockRejectedValueOnce(new Refusal('unreachable', ''));
    peer.turn('disconnected');
    await vi.advanceTimersByTimeAsync(30_000);
    await settle();
    const sentence = 'The connection to Anna was lost and could not be repaired.';
    expect(text(marked('call-strip'))).toBe(sentence);

    // The station still believes in it.
    calls.answer(anna, operator);
    await settle();
    expect(calls.end.mock.calls).toEqual([
      [callId, 'lost'],
      [callId, 'lost'],
    ]);
    expect(text(marked('call-strip'))).toBe(sentence);
    calls.tell(null);
    await settle();
    expect(marked('call-strip')).toBeNull();
    await tap('calls');
    expect(marked('call-elsewhere')).toBeNull();
    expect(text(marked('call-ended'))).toBe(sentence);
    calls.ring(anna, operator);
    await settle();
    expect(text(marked('call-ringing'))).toContain('Anna calls');
  });

  test('on another page is said, and taken over', async () => {
    await open();
    calls.answer(anna, operator);
    await settle();
    await tap('call-show');
    expect(text(marked('call-elsewhere'))).toContain('You are in a call with Anna on another page or screen.');
    expect(marked('call-key')).toHaveProperty('disabled', true);
    await tap('call-take-over');
    expect(text(marked('call-phase'))).toContain('Joining the call…');
    await tap('call-hang-up');
    // The station knows it a moment later.
    expect(marked('call-elsewhere')).toBeNull();
  });
});
