import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Refusal } from '../../../src/renderer/station/client.ts';
import type { Hope } from '../../../src/renderer/station/repair.ts';
import { openStateFeed } from '../../../src/renderer/station/state-feed.ts';
import { sampleState } from '../../contract/fake-station.ts';

/** An answer of the station that is still being sent: no server can be ordered to die silently. */
class OpenAnswer {
  static asked: OpenAnswer[] = [];
  readonly response: Response;
  readonly #signal: AbortSignal;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    this.response = new Response(new ReadableStream({ start: (controller) => void (this.#controller = controller) }));
    signal.addEventListener('abort', () => this.#controller?.error(signal.reason));
    OpenAnswer.asked.push(this);
  }

  get isOpen(): boolean {
    return !this.#signal.aborted;
  }

  async send(text: string): Promise<void> {
    this.#controller?.enqueue(new TextEncoder().encode(text));
    await settle();
  }

  async tell(timeMs = 1): Promise<void> {
    await this.send(`event: state\ndata: ${JSON.stringify(sampleState(timeMs))}\n\n`);
  }

  async breakOff(): Promise<void> {
    this.#controller?.error(new TypeError('network error'));
    await settle();
  }

  async end(): Promise<void> {
    this.#controller?.close();
    await settle();
  }
}

/** Streams hand on what they get over several turns of the event loop. */
async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

beforeEach(() => {
  // The streams themselves need real ones.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  OpenAnswer.asked = [];
  vi.spyOn(console, 'debug').mockReturnValue();
});
afterEach(() => {
  closeFeed?.();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

let closeFeed: (() => void) | undefined;
const onState = vi.fn();
const onEnded = vi.fn();
let hope: (hope: Hope) => void = () => undefined;
const stopListening = vi.fn();
const onReturn = vi.fn();
let reached: Promise<void> = Promise.resolve();
const answer = (signal: AbortSignal): Promise<Response> => Promise.resolve(new OpenAnswer(signal).response);

async function openFeed(ask: (signal: AbortSignal) => Promise<Response> = answer): Promise<void> {
  onState.mockClear();
  onEnded.mockClear();
  stopListening.mockClear();
  onReturn.mockClear();
  closeFeed = openStateFeed({
    ask,
    reached: () => reached,
    onAway: () => undefined,
    onReturn,
    onState,
    onCalls: () => undefined,
    onEnded,
    listenForHope: (onHope) => {
      hope = onHope;
      return stopListening;
    },
  });
  await settle();
}

function newest(): OpenAnswer {
  const found = OpenAnswer.asked.at(-1);
  if (!found) throw new Error('Nothing was asked.');
  return found;
}
const openOnes = (): number => OpenAnswer.asked.filter(({ isOpen }) => isOpen).length;

async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  await settle();
}

describe('The feed of states', () => {
  test('hands on every state', async () => {
    await openFeed();
    await newest().tell();
    await newest().tell(2);
    expect(onState.mock.calls).toEqual([[sampleState(1)], [sampleState(2)]]);
  });

  test('puts a state together that comes in pieces, and takes two apart that come at once', async () => {
    await openFeed();
    const event = `event: state\ndata: ${JSON.stringify(sampleState())}\n\n`;
    await newest().send(event.slice(0, 20));
    await newest().send(event.slice(20, -1));
    expect(onState).not.toHaveBeenCalled();
    await newest().send(event.slice(-1) + event);
    expect(onState.mock.calls).toEqual([[sampleState()], [sampleState()]]);
  });

  test.each([
    ['breaks off', () => newest().breakOff()],
    ['ends', () => newest().end()],
    ['sends nonsense', () => newest().send('event: state\ndata: {\n\n')],
  ])('comes back once when the connection %s', async (_what, fail) => {
    await openFeed();
    await fail();
    expect(openOnes()).toBe(0);
    await pass(1_000);
    expect(OpenAnswer.asked).toHaveLength(2);
    expect(openOnes()).toBe(1);
  });

  test('finds a station that was away for long within a few seconds', async () => {
    let tries = 0;
    await openFeed(() => {
      tries += 1;
      return Promise.reject(new Refusal('unreachable', 'The station does not answer.'));
    });
    await pass(60_000);
    const before = tries;
    await pass(2_500);
    expect(tries).toBeGreaterThan(before);
  });

  test('asks again only when something answers at the station’s address', async () => {
    await openFeed();
    let answers: () => void = () => undefined;
    reached = new Promise((resolve) => (answers = resolve));
    await newest().breakOff();
    await pass(60_000);
    expect(OpenAnswer.asked).toHaveLength(1);
    expect(onReturn).not.toHaveBeenCalled();
    answers();
    await pass(0);
    expect(OpenAnswer.asked).toHaveLength(2);
    expect(onReturn).toHaveBeenCalledOnce();
    reached = Promise.resolve();
  });

  test('comes back after five seconds without a word, and not while the station speaks', async () => {
    await openFeed();
    for (let second = 0; second < 10; second++) {
      await newest().tell();
      await pass(1_000);
    }
    expect(OpenAnswer.asked).toHaveLength(1);
    await pass(5_000);
    expect(OpenAnswer.asked).toHaveLength(2);
    expect(openOnes()).toBe(1);
  });

  test('says when the station has ended what let it in, and asks no more when it is refused for that', async () => {
    let isEnded = false;
    onEnded.mockImplementation(() => (isEnded = true));
    await openFeed((signal) =>
      isEnded ? Promise.reject(new Refusal('sign_in_needed', 'The station asks for a guest link.')) : answer(signal),
    );
    await newest().send('event: ended\ndata: {}\n\n');
    await newest().end();
    expect(isEnded).toBe(true);
    await pass(60_000);
    expect(OpenAnswer.asked).toHaveLength(1);
  });

  test.each(['network', 'wake', 'seen'] as const)(
    'does not wait for its turn when there is hope (%s)',
    async (news) => {
      const ask = vi.fn(() => Promise.reject<Response>(new Refusal('unreachable', 'The station does not answer.')));
      await openFeed(ask);
      await pass(60_000);
      // A moment after a try, the next one is two seconds away.
      const tries = ask.mock.calls.length;
      while (ask.mock.calls.length === tries) await pass(10);
      ask.mockImplementation(() => answer(new AbortController().signal));
      hope(news);
      await settle();
      expect(ask).toHaveBeenCalledTimes(tries + 2);
      await newest().tell();
      expect(onState).toHaveBeenCalledOnce();
    },
  );

  test('comes back at once by the new way, without waiting for the old one to fall silent', async () => {
    await openFeed();
    await newest().tell();
    await pass(900);
    await newest().tell();
    await pass(900);
    hope('network');
    await settle();
    expect(OpenAnswer.asked).toHaveLength(2);
    expect(openOnes()).toBe(1);
    // The same news once more, in other words.
    hope('wake');
    await settle();
    expect(OpenAnswer.asked).toHaveLength(2);
    await newest().tell(2);
    expect(onState).toHaveBeenLastCalledWith(sampleState(2));
  });

  test('leaves a connection alone that works when somebody looks at the page again', async () => {
    await openFeed();
    await pass(3_000);
    hope('seen');
    await settle();
    expect(OpenAnswer.asked).toHaveLength(1);
  });

  test('is silent for ever once it is closed', async () => {
    await openFeed();
    closeFeed?.();
    await settle();
    expect(openOnes()).toBe(0);
    expect(stopListening).toHaveBeenCalledOnce();
    await pass(60_000);
    expect(OpenAnswer.asked).toHaveLength(1);
  });
});
