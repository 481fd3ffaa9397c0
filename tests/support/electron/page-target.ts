import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Chromium } from './chromium.ts';
import { screenPx } from './chromium.ts';
import type { DevToolsSession, Protocol } from './devtools.ts';
import { messageCodec } from './in-page/message.ts';
import type { FromPage, ToPage } from './in-page/preload-world.ts';
import { bindingName, pageScripts, preloadWorld, receiverName } from './in-page/scripts.ts';

export interface PageTargetOptions {
  /** The bundle's text. */
  readonly preload: string;
  readonly disableDialogs: boolean;
  /** As `#rrggbb`. */
  readonly backgroundColor: string;
}

/** A request before it goes anywhere. */
export interface PageRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Whether it is for a whole page, and for which. */
  readonly page: 'main' | 'frame' | null;
  /** By `fetch` of a script. */
  readonly isFetch: boolean;
}

export interface PageAnswer {
  readonly status: number;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly body: Buffer;
}

/** What becomes of a page. */
export interface PageNotices {
  message(message: FromPage, origin: string): void;
  /** @returns An answer, or whether it goes to the network. */
  request(request: PageRequest): Promise<PageAnswer | 'let_go' | 'refuse'>;
  /** The main frame shows another document. */
  navigated(url: string): void;
  domReady(): void;
  loaded(): void;
  /** The first picture of a document. */
  painted(): void;
  /** It wants to ask whether it may be left. @returns Whether it is left without. */
  leaving(): boolean;
  windowWanted(details: { url: string; frameName: string; features: string }): void;
  crashed(reason: 'killed' | 'crashed', exitCode: number): void;
  closed(): void;
}

const codec = messageCodec();

/** One page in Chromium, with the preload's world in front of it. */
export class PageTarget {
  readonly targetId: string;
  readonly #chromium: Chromium;
  readonly #session: DevToolsSession;
  readonly #notices: PageNotices;
  /** Renderers that serve other pages. */
  readonly #others: readonly number[];
  #preload: { id: number; origin: string } | null = null;
  #renderer = 0;
  #hasLoaded = false;

  static async open(chromium: Chromium, options: PageTargetOptions, notices: PageNotices): Promise<PageTarget> {
    const others = await chromium.renderers();
    const { targetId, session } = await chromium.openPage();
    const target = new PageTarget(chromium, targetId, session, notices, others);
    await target.#prepare(options);
    return target;
  }

  private constructor(
    chromium: Chromium,
    targetId: string,
    session: DevToolsSession,
    notices: PageNotices,
    others: readonly number[],
  ) {
    this.targetId = targetId;
    this.#chromium = chromium;
    this.#session = session;
    this.#notices = notices;
    this.#others = others;
  }

  /** The process that draws it. */
  get renderer(): number {
    return this.#renderer;
  }

  /** @returns Chromium's name of the failure, or null. */
  async navigate(url: string): Promise<string | null> {
    const { errorText } = await this.#session.send('Page.navigate', { url });
    return errorText ?? null;
  }

  /** Says nothing where the page has no preload yet, or has crashed. */
  post(message: ToPage): void {
    if (!this.#preload) return;
    const expression = `${receiverName}(${JSON.stringify(codec.encode(message))})`;
    // A page that goes in this instant does not miss it.
    this.#session.send('Runtime.evaluate', { expression, contextId: this.#preload.id }).catch(() => undefined);
  }

  async evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.#session.send('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  key(event: Protocol.CommandParameters['Input.dispatchKeyEvent']): Promise<unknown> {
    return this.#session.send('Input.dispatchKeyEvent', event);
  }

  bringToFront(): Promise<unknown> {
    return this.#session.send('Page.bringToFront');
  }

  close(): Promise<unknown> {
    return this.#chromium.devTools.send('Target.closeTarget', { targetId: this.targetId });
  }

  async #prepare({ preload, disableDialogs, backgroundColor }: PageTargetOptions): Promise<void> {
    const { send } = this.#session;
    const scripts = pageScripts({ secret: randomUUID(), preload, disableDialogs });
    this.#listen();
    const [r, g, b] = (/^#(..)(..)(..)$/.exec(backgroundColor) ?? []).slice(1).map((part) => Number.parseInt(part, 16));
    await Promise.all([
      send('Page.enable'),
      send('Runtime.enable'),
      send('Inspector.enable'),
      send('Page.setLifecycleEventsEnabled', { enabled: true }),
      send('Fetch.enable', { patterns: [{ urlPattern: '*' }] }),
      send('Emulation.setDeviceMetricsOverride', { ...screenPx, deviceScaleFactor: 1, mobile: false }),
      send('Emulation.setDefaultBackgroundColorOverride', { color: { r: r ?? 255, g: g ?? 255, b: b ?? 255, a: 1 } }),
      send('Runtime.addBinding', { name: bindingName, executionContextName: preloadWorld }),
      // The page's end of the link first: the preload speaks to it at once.
      send('Page.addScriptToEvaluateOnNewDocument', { source: scripts.page }),
      send('Page.addScriptToEvaluateOnNewDocument', { source: scripts.preload, worldName: preloadWorld }),
      send('Runtime.runIfWaitingForDebugger'),
    ]);
  }

  #listen(): void {
    const session = this.#session;
    const { devTools } = this.#chromium;
    session.on('Runtime.executionContextCreated', ({ context }) => {
      const { frameId } = (context.auxData ?? {}) as { frameId?: string };
      // The main frame's id is the target's.
      if (context.name === preloadWorld && frameId === this.targetId) this.#preload = context;
    });
    session.on('Runtime.bindingCalled', ({ payload, executionContextId }) => {
      if (executionContextId !== this.#preload?.id) return;
      this.#notices.message(codec.decode(payload) as FromPage, this.#preload.origin);
    });
    session.on('Fetch.requestPaused', (paused) => void this.#answer(paused));
    session.on('Page.frameNavigated', ({ frame }) => {
      // Chromium's page about a failure is told as a failed load.
      if (frame.parentId !== undefined || frame.unreachableUrl !== undefined) return;
      void this.#findRenderer();
      this.#notices.navigated(frame.url);
    });
    session.on('Page.domContentEventFired', () => this.#notices.domReady());
    session.on('Page.loadEventFired', () => {
      // Electron's first page has none before it.
      if (!this.#hasLoaded) void session.send('Page.resetNavigationHistory');
      this.#hasLoaded = true;
      this.#notices.loaded();
    });
    session.on('Page.lifecycleEvent', ({ name, frameId }) => {
      if (name === 'firstPaint' && frameId === this.targetId) this.#notices.painted();
    });
    session.on('Page.windowOpen', ({ url, windowName, windowFeatures }) => {
      this.#notices.windowWanted({ url, frameName: windowName, features: windowFeatures.join(',') });
    });
    session.on('Page.javascriptDialogOpening', ({ type }) => {
      if (type !== 'beforeunload') return;
      const accept = this.#notices.leaving();
      void session.send('Page.handleJavaScriptDialog', { accept });
    });
    devTools.on('Target.targetCrashed', ({ targetId, status, errorCode }) => {
      if (targetId !== this.targetId) return;
      this.#preload = null;
      this.#notices.crashed(status === 'killed' ? 'killed' : 'crashed', errorCode);
    });
    devTools.on('Target.targetDestroyed', ({ targetId }) => {
      if (targetId === this.targetId) this.#notices.closed();
    });
  }

  async #answer({ requestId, request, resourceType, frameId }: Protocol.Events['Fetch.requestPaused']): Promise<void> {
    const { url, method, headers, postData: body } = request;
    const page = resourceType !== 'Document' ? null : frameId === this.targetId ? 'main' : 'frame';
    const isFetch = resourceType === 'Fetch' || resourceType === 'XHR';
    const answer = await this.#notices.request({ url, method, headers, body, page, isFetch });
    const { send } = this.#session;
    const sent =
      answer === 'refuse'
        ? send('Fetch.failRequest', { requestId, errorReason: 'Aborted' })
        : answer === 'let_go'
          ? send('Fetch.continueRequest', { requestId })
          : send('Fetch.fulfillRequest', {
              requestId,
              responseCode: answer.status,
              responseHeaders: [...answer.headers],
              body: answer.body.toString('base64'),
            });
    // The page went while its request was looked at.
    await sent.catch(() => undefined);
  }

  /** One that ends is still there for a moment beside the next one. */
  async #findRenderer(): Promise<void> {
    for (;;) {
      const own = (await this.#chromium.renderers()).filter((pid) => !this.#others.includes(pid));
      if (own.length === 1) this.#renderer = own[0] ?? 0;
      if (own.length < 2) return;
      await setTimeout(50);
    }
  }
}
