// The lint rules: what finds mistakes, nothing that argues about taste.

import js from '@eslint/js';
import globals from 'globals';
import { primordialsRules } from './scripts/primordials-rules.mjs';

const common = {
  'array-callback-return': 'error',
  'consistent-return': 'off',
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'no-console': 'off',
  'no-constructor-return': 'error',
  'no-empty': ['error', { allowEmptyCatch: true }],
  'no-eval': 'error',
  'no-extend-native': 'error',
  'no-fallthrough': ['error', { allowEmptyCase: true }],
  'no-implicit-coercion': ['error', { allow: ['!!'] }],
  'no-new-wrappers': 'error',
  'no-promise-executor-return': 'off',
  'no-self-compare': 'error',
  'no-throw-literal': 'error',
  'no-unused-vars': ['error', { args: 'after-used', argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'all' }],
  'no-use-before-define': ['error', { functions: false, classes: false, variables: false }],
  'no-useless-call': 'error',
  'no-useless-rename': 'error',
  'no-var': 'error',
  'prefer-const': ['error', { destructuring: 'all' }],
  'prefer-rest-params': 'error',
};

export default [
  { ignores: ['native.js', 'native.d.ts', 'target/', 'dist/', '.cache/', 'coverage/', 'artifacts/', 'bench/.peers/', '**/*.d.ts', '**/*.d.mts'] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2023, globals: globals.nodeBuiltin },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: common,
  },
  {
    files: ['**/*.{js,cjs}'],
    languageOptions: { sourceType: 'commonjs', globals: globals.node },
    rules: { strict: ['error', 'global'] },
  },
  {
    // What the package loads in its users' processes stays silent.
    files: ['lib/**/*.{js,cjs}', 'index.js', 'register.js', 'promises.js'],
    rules: {
      'no-console': 'error',
      'no-restricted-globals': ['error', 'event', 'name'],
    },
  },
  {
    // It goes on working where programs replace what is built in. Not held to that: what takes the primordials, or its own, what runs before a child's
    // script, and what stands on the public functions alone.
    files: ['lib/**/*.js'],
    ignores: ['lib/node/primordials.js', 'lib/addon/module-loader.js', 'lib/promises/running-child.js', 'lib/promises/lines.js'],
    rules: primordialsRules,
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { sourceType: 'module' },
  },
  {
    // A test says what throws or is thrown away on purpose; a fixture may be as odd as its purpose.
    files: ['__test__/**'],
    linterOptions: { reportUnusedDisableDirectives: 'off' },
    rules: { 'no-eval': 'off', 'no-extend-native': 'off', 'no-new-wrappers': 'off', 'no-sparse-arrays': 'off', 'no-throw-literal': 'off', 'no-unused-expressions': 'off' },
  },
  {
    // Programs as users write them.
    files: ['__test__/**/fixtures/**', 'bench/demo/**', 'examples/**'],
    rules: { strict: 'off' },
  },
];
