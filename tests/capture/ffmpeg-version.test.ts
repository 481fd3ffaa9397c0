import { describe, expect, it } from 'vitest';
import { abilitiesOf } from '../../src/main/capture/worker/ffmpeg/find-program.ts';
import { readerCommand } from '../../src/main/capture/worker/ffmpeg/reader.ts';

describe('The version of the ffmpeg program', () => {
  it.each([
    ['ffmpeg version 4.4.2-0ubuntu0.22.04.1 Copyright', '-vsync'],
    ['ffmpeg version 5.0.1 Copyright', '-vsync'],
    ['ffmpeg version 5.1.9-0+deb12u1 Copyright', '-fps_mode'],
    ['ffmpeg version 6.1.1-static https://example.org', '-fps_mode'],
    ['ffmpeg version 10.0 Copyright', '-fps_mode'],
    ['ffmpeg version N-118000-gabcdef Copyright', '-fps_mode'],
  ])('%s decides how pictures are passed on one for one: %s', (text, option) => {
    expect(abilitiesOf(text).passthrough[0]).toBe(option);
  });

  it('decides whether it is told to follow no redirect, which old ones do not understand', () => {
    const input = {
      address: 'http://192.0.2.1/',
      format: 'mpjpeg',
      options: { max_redirects: '0' },
      label: '',
      isLive: true,
    };
    const commandOf = (version: string) => readerCommand({ path: 'ffmpeg', ...abilitiesOf(version) }, input).join(' ');
    expect(commandOf('ffmpeg version 5.1.9-0+deb12u1')).toContain(' -max_redirects 0 ');
    expect(commandOf('ffmpeg version 4.4.2-0ubuntu0.22.04.1')).not.toContain('max_redirects');
  });
});
