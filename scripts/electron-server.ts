/** Where Electron's program is fetched from, which a lab network may replace by a mirror of its own. */
export const electronServer =
  process.env['ELECTRON_MIRROR'] ?? process.env['npm_config_electron_mirror'] ?? 'https://github.com/';

/** Many lab networks swallow such requests, and Electron's own download waits for minutes then: so it is asked beforehand. */
export async function electronServerAnswers(): Promise<boolean> {
  return fetch(electronServer, { method: 'HEAD', signal: AbortSignal.timeout(4_000) }).then(
    () => true,
    () => false,
  );
}
