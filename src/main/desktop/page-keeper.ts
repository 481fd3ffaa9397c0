import type { Logger } from 'pino';
import { PageHealth } from './page-health.ts';
import { pageUrl } from './page.ts';
import { safePageUrl, type Trouble } from './safe-page.ts';

/** The page in its window, as far as it is kept up. */
export interface KeptPage {
  /** Whatever becomes of it is told by `failed`. */
  load(url: string): void;
  /** Resolves when the page has done anything at all. */
  answers(): Promise<unknown>;
  /** Where its script hangs, if that can be told. */
  callStack(): Promise<string | undefined>;
  /** Ends its process by force; that is a failure like others. */
  kill(): void;
}

/** A healthy page answers in milliseconds; one that is just being loaded on a slow disk may need some seconds. */
const askEveryMs = 5_000;
const unansweredBeforeKill = 3;

/**
 * Keeps the wall on the screen: loads it again when it fails, shows the safe page when it fails too often, and ends a page that hangs.
 * The station and its other viewers are not touched by any of it.
 */
export class PageKeeper {
  readonly #page: KeptPage;
  readonly #log: Logger;
  readonly #health = new PageHealth();
  /** What the safe page says, while it is shown. */
  #trouble: Trouble | null = null;
  #isUp = false;
  #unanswered = 0;
  #loading: NodeJS.Timeout | undefined;
  #backToWall: NodeJS.Timeout | undefined;
  readonly #asking: NodeJS.Timeout;

  constructor(page: KeptPage, log: Logger) {
    this.#page = page;
    this.#log = log;
    // Electron's own `unresponsive` comes only when somebody touches a page that hangs. A wall is rarely touched.
    this.#asking = setInterval(() => this.#ask(), askEveryMs);
  }

  /** What the safe page has to say. */
  get trouble(): Trouble {
    return this.#trouble ?? { what: 'page_failed', detail: '', retryAfterS: 0 };
  }

  showWall(): void {
    this.#show(null);
  }

  /** Shows the safe page; whoever calls it sees to the next try. */
  showTrouble(trouble: Trouble): void {
    this.#show(trouble);
  }

  /** A page stands in the window, perhaps because somebody touched the safe page's link. */
  arrived(url: string): void {
    if (url !== pageUrl) return;
    this.#trouble = null;
    clearTimeout(this.#backToWall);
  }

  /** @param reason Goes to the log and on the safe page. */
  failed(reason: string): void {
    this.#isUp = false;
    const remedy = this.#health.failed(performance.now());
    this.#log.warn({ reason, remedy: remedy.kind }, 'The kiosk page failed.');
    if (remedy.kind === 'load_again') {
      clearTimeout(this.#loading);
      this.#loading = setTimeout(() => this.#load(), remedy.afterMs);
    } else if (this.#trouble) {
      this.#log.error({ reason }, 'Not even the safe page can be shown; the next try is waited for.');
    } else {
      this.#show({ what: 'page_failed', detail: reason, retryAfterS: remedy.retryAfterMs / 1_000 });
      this.#backToWall = setTimeout(() => this.showWall(), remedy.retryAfterMs);
    }
  }

  close(): void {
    clearTimeout(this.#loading);
    clearTimeout(this.#backToWall);
    clearInterval(this.#asking);
  }

  #show(trouble: Trouble | null): void {
    this.#trouble = trouble;
    clearTimeout(this.#backToWall);
    this.#load();
  }

  #load(): void {
    clearTimeout(this.#loading);
    this.#isUp = true;
    this.#unanswered = 0;
    this.#page.load(this.#trouble ? safePageUrl : pageUrl);
  }

  #ask(): void {
    if (!this.#isUp) return;
    if (this.#unanswered >= unansweredBeforeKill) {
      this.#unanswered = 0;
      void this.#endHanging();
      return;
    }
    this.#unanswered++;
    const answered = (): void => {
      this.#unanswered = 0;
    };
    // A page that answers with an error is alive, too.
    this.#page.answers().then(answered, answered);
  }

  async #endHanging(): Promise<void> {
    const stack = await this.#page.callStack();
    this.#log.warn({ stack }, 'The kiosk page hangs; its process is ended.');
    this.#page.kill();
  }
}
