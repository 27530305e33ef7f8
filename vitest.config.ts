import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const src = (path: string): string => fileURLToPath(new URL(`./src/${path}`, import.meta.url))

export default defineConfig({
  resolve: {
    alias: {
      '#platform': src('lib/platform-node.ts'),
      '#transport': src('providers/transport-node.ts'),
      'natter/local': src('local/index.ts'),
      'natter/queue': src('queue/index.ts'),
      'natter/testing': src('testing/index.ts'),
      'natter/web': src('web/index.ts'),
      natter: src('index.ts'),
    },
  },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // Nothing is kept on this machine, and the Hub is not asked, unless a test says where.
    env: { NATTER_CACHE: 'off', HF_ENDPOINT: 'http://127.0.0.1:9' },
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
})
