import { runTool } from './run.ts';

/** Every runtime has a configuration of its own, so that code for one can't use what only another has. */
export const typechecks = [
  { tool: 'tsc', project: 'tsconfig.shared.json' },
  { tool: 'tsc', project: 'tsconfig.main.json' },
  { tool: 'tsc', project: 'tsconfig.preload.json' },
  { tool: 'vueTsc', project: 'tsconfig.renderer.json' },
  { tool: 'vueTsc', project: 'tsconfig.tests.json' },
] as const;

if (import.meta.main) {
  for (const { tool, project } of typechecks) {
    if ((await runTool(tool, ['-p', project])) !== 0) process.exitCode = 1;
  }
}
