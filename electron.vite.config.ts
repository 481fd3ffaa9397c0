import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'electron-vite';
import { installablePage } from './scripts/installable-page.ts';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

// The station also runs on plain Node, whose oldest supported version is older than the one inside Electron.
const target = 'node20.19';

export default defineConfig({
  main: {
    build: {
      target,
      // Built first, so it empties the whole folder. out/ mirrors src/ file by file: that keeps relative paths such as
      // the Capture's entry the same in both, and shows which entry imports what.
      outDir: path('out'),
      emptyOutDir: true,
      rolldownOptions: {
        input: [
          path('src/main/index.ts'),
          path('src/main/headless.ts'),
          path('src/main/capture/worker/main.ts'),
          path('src/main/capture/worker/list-cameras.ts'),
        ],
        output: {
          format: 'es',
          preserveModules: true,
          preserveModulesRoot: path('src'),
          entryFileNames: '[name].js',
        },
      },
    },
  },
  preload: {
    build: {
      target,
      outDir: path('out/preload'),
      // A sandboxed preload is one CommonJS file: it can require nothing but electron.
      rolldownOptions: {
        input: path('src/preload/index.ts'),
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: path('src/renderer'),
    plugins: [vue(), installablePage()],
    define: {
      __VUE_OPTIONS_API__: false,
      __VUE_PROD_DEVTOOLS__: false,
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: false,
      __VUE_I18N_FULL_INSTALL__: false,
      __VUE_I18N_LEGACY_API__: false,
      __INTLIFY_PROD_DEVTOOLS__: false,
    },
    build: {
      outDir: path('out/renderer'),
      // It travels to remote browsers; the other parts stay readable where they are.
      minify: true,
      rolldownOptions: { input: path('src/renderer/index.html') },
    },
  },
});
