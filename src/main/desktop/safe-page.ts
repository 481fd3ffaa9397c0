import { pageOrigin, pageUrl, type MadePages } from './page.ts';

/** Why something else than the wall is shown. */
export interface Trouble {
  /** Whether it is the wall that can't be shown, or the station that can't start. */
  readonly what: 'page_failed' | 'start_failed';
  /** The cause as it was found, in English. */
  readonly detail: string;
  /** After how many seconds it is tried again. */
  readonly retryAfterS: number;
}

export const safePageUrl = `${pageOrigin}/safe.html`;

// Whose language is wanted is not known here: the wall, which would know, is what failed. So it says everything three times.
const languages = [
  {
    code: 'en',
    page_failed: 'The picture wall stopped. The station still runs, and elsewhere the pictures can still be seen.',
    start_failed: 'The station cannot start.',
    again: (seconds: string) => `Next try in ${seconds} s.`,
    now: 'Try again now',
  },
  {
    code: 'fr',
    page_failed:
      'Le mur d’images s’est arrêté. La station fonctionne toujours ; ailleurs, on continue de voir les images.',
    start_failed: 'La station ne peut pas démarrer.',
    again: (seconds: string) => `Prochain essai dans ${seconds} s.`,
    now: 'Réessayer maintenant',
  },
  {
    code: 'de',
    page_failed:
      'Die Bilderwand ist ausgefallen. Die Station läuft weiter, und anderswo sind die Bilder weiter zu sehen.',
    start_failed: 'Die Station kann nicht starten.',
    again: (seconds: string) => `Nächster Versuch in ${seconds} s.`,
    now: 'Jetzt versuchen',
  },
] as const;

/**
 * What is shown where the wall can't be. It needs no script, no build and no Bridge, so that little is left to fail.
 * @param trouble What there is to say at the moment.
 */
export function safePages(trouble: () => Trouble): MadePages {
  return new Map([
    ['/safe.html', () => html(trouble())],
    ['/safe.css', () => css(trouble())],
  ]);
}

function html({ what, detail }: Trouble): string {
  const sections = languages.map(
    (words) => `<section lang="${words.code}">
<h2>${words[what]}</h2>
<p>${words.again('<span class="seconds"></span>')}</p>
${what === 'page_failed' ? `<p><a href="${pageUrl}">${words.now}</a></p>` : ''}
</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Eyepiece</title><link rel="stylesheet" href="/safe.css"></head>
<body><main>
<h1>Eyepiece</h1>
${sections.join('\n')}
<p class="detail" lang="en">${escapeHtml(detail)}</p>
</main></body>
</html>
`;
}

/** The countdown is an animated number, which needs no script. */
function css({ retryAfterS }: Trouble): string {
  return `@property --left { syntax: '<integer>'; inherits: false; initial-value: 0; }
@keyframes count { from { --left: ${retryAfterS}; } to { --left: 0; } }
html { background: #121314; color: #e6e8ea; font: 18px/1.5 Inter, system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-content: center; }
main { max-width: 44rem; padding: 32px; user-select: none; }
h1 { font-size: 16px; font-weight: 500; color: #a7adb4; }
h2 { margin: 0; font-size: 20px; font-weight: 500; }
p { margin: 4px 0 0; color: #a7adb4; }
section { margin: 28px 0; }
a { display: inline-block; min-width: 160px; margin-top: 12px; padding: 24px 28px; border: 1px solid #5b636b; border-radius: 4px;
  color: #e6e8ea; text-align: center; text-decoration: none; }
a:focus-visible { outline: 3px solid #e6e8ea; outline-offset: 3px; }
.detail { font-size: 14px; }
.seconds { font-variant-numeric: tabular-nums; animation: count ${retryAfterS}s steps(${retryAfterS}, jump-none) forwards; counter-reset: left var(--left); }
.seconds::after { content: counter(left); }
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
