import prettier from 'eslint-config-prettier';
import vue from 'eslint-plugin-vue';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const electronOnlyInTheShell = {
  name: 'electron',
  message:
    'electron is imported only in src/main/index.ts, src/main/desktop and src/preload: the station runs without it.',
};

const ipcMainOnlyInOneFile = {
  name: 'electron',
  importNames: ['ipcMain'],
  message: 'Calls of the page pass openIpcDoor, which checks sender and arguments; src/main/index.ts hands it ipcMain.',
};

export default defineConfig(
  { ignores: ['out/', 'dist/', 'coverage/', 'test-results/', 'playwright-report/'] },

  {
    files: ['**/*.ts', '**/*.vue'],
    extends: [tseslint.configs.recommendedTypeChecked, vue.configs['flat/recommended'], prettier],
    languageOptions: {
      parserOptions: {
        parser: tseslint.parser,
        project: [
          'tsconfig.shared.json',
          'tsconfig.main.json',
          'tsconfig.preload.json',
          'tsconfig.renderer.json',
          'tsconfig.tests.json',
        ],
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.vue'],
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      curly: ['error', 'multi-line'],
      eqeqeq: 'error',
      'no-control-regex': 'error',
      'no-console': 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'no-restricted-imports': ['error', { paths: [electronOnlyInTheShell] }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      // Components are named after the project's own nouns: Tile, Wall.
      'vue/multi-word-component-names': 'off',
      // A leading underscore says that a name only holds a place.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // `${number}` in a message is what everybody expects; objects and null stay forbidden.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
    },
  },
  { files: ['src/main/desktop/**'], rules: { 'no-restricted-imports': ['error', { paths: [ipcMainOnlyInOneFile] }] } },
  { files: ['src/preload/**'], rules: { 'no-restricted-imports': ['error', { paths: [ipcMainOnlyInOneFile] }] } },
  // What stands in for Electron in the tests is typed by it, and so are those that reach into its main process.
  {
    files: ['src/main/index.ts', 'tests/support/electron/**', 'tests/support/kiosk/**', 'tests/kiosk/**'],
    rules: { 'no-restricted-imports': 'off' },
  },

  {
    // A test's describe block is one long function by nature, and Playwright's fixtures take an empty pattern.
    files: ['tests/**'],
    rules: { 'max-lines-per-function': 'off', 'no-empty-pattern': 'off' },
  },
  { files: ['scripts/**', 'tests/bench/**'], rules: { 'no-console': 'off' } },
);
