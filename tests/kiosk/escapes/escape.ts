import type { Kiosk } from '../../support/kiosk.ts';

/** Something that a person, a stray link or a page gone wrong could try to get out of the wall. */
export interface Escape {
  /** Completes the sentence "No way out: …". */
  readonly what: string;
  readonly attempt: (kiosk: Kiosk) => Promise<unknown>;
  /** What the attempt has to come to, where that can be told; the wall has to be untouched in any case. */
  readonly outcome?: unknown;
  /** Playwright would wait for a page that was refused to come. */
  readonly rejoins?: true;
  /** Why the stand-in can't show it. */
  readonly onlyInElectron?: string;
}

/** Tries something in the page. A text that starts with `threw` says what it threw. */
export function inPage(what: string, run: (elsewhere: string) => unknown, outcome?: unknown): Escape {
  const attempt = async ({ page }: Kiosk): Promise<unknown> => {
    // A page that waits for something that never comes, such as a dialog, has answered too.
    const deadline = new Promise((resolve) => setTimeout(resolve, 2_000, 'came to no end'));
    const answer = page.evaluate(run, 'https://elsewhere.example/').catch((error: unknown) => `threw ${String(error)}`);
    return Promise.race([answer, deadline]);
  };
  return { what, attempt, ...(outcome !== undefined && { outcome }) };
}

/** Puts an element into the page, and does something with it. */
export function element(what: string, html: string, use: 'click' | 'submit' | 'nothing' = 'nothing'): Escape {
  const attempt = async ({ page }: Kiosk): Promise<void> => {
    await page.evaluate(
      ([html, use]) => {
        const holder = document.createElement('div');
        holder.innerHTML = html ?? '';
        document.body.append(holder);
        const [first] = holder.children;
        if (use === 'click' && first instanceof HTMLElement) first.click();
        if (use === 'submit' && first instanceof HTMLFormElement) first.requestSubmit();
        setTimeout(() => holder.remove(), 500);
      },
      [html, use],
    );
  };
  return { what, attempt };
}

export function form(what: string, html: string): Escape {
  return { ...element(what, html, 'submit'), rejoins: true };
}

export function onlyInElectron(escape: Escape, reason: string): Escape {
  return { ...escape, onlyInElectron: reason };
}
