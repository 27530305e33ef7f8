import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { printed } from '../../test/token-server.ts'
import { gcloudFolder, googleFile, googleProject } from './google-credentials.ts'

let home = ''

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'natter-google-'))
  for (const name of Object.keys(process.env))
    if (/^(?:GOOGLE_|GCLOUD_|CLOUDSDK_|GCE_)/.test(name)) vi.stubEnv(name, undefined)
  vi.stubEnv('CLOUDSDK_CONFIG', home)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(home, { recursive: true })
})

function write(name: string, content: unknown): string {
  const path = join(home, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const refusal = (run: () => unknown): unknown => {
  try {
    return run()
  } catch (error) {
    return error
  }
}

describe('the file of credentials', () => {
  test('is the one that is passed, the one that is named, or gcloud’s', () => {
    write('application_default_credentials.json', { type: 'authorized_user' })
    expect(googleFile()?.type).toBe('authorized_user')
    vi.stubEnv(
      'GOOGLE_APPLICATION_CREDENTIALS',
      write('b.json', { type: 'service_account', n: 1, empty: '' }),
    )
    const file = googleFile()
    expect(file).toMatchObject({ type: 'service_account', path: join(home, 'b.json') })
    expect([file?.field('type'), file?.field('n'), file?.field('empty')]).toEqual([
      'service_account',
      undefined,
      undefined,
    ])
    expect(googleFile({ keyFile: write('c.json', { type: 'external_account' }) })?.type).toBe(
      'external_account',
    )
  })

  test('is none where gcloud has made none', () => {
    expect(googleFile()).toBeUndefined()
  })

  test('stands where gcloud keeps its settings on this system', () => {
    vi.stubEnv('CLOUDSDK_CONFIG', undefined)
    vi.stubEnv('APPDATA', join(home, 'Roaming'))
    write('Roaming/gcloud/application_default_credentials.json', { type: 'authorized_user' })
    expect(googleFile()?.type).toBe('authorized_user')
    vi.stubEnv('APPDATA', undefined)
    expect(gcloudFolder()).toMatch(/\.config.gcloud$/)
  })

  test.each([
    ['missing', undefined, 'cannot be read'],
    [
      'broken',
      '{"type":"service_account","private_key":"hidden-key',
      'is no file of Google Cloud credentials',
    ],
    ['of no type', { private_key: 'hidden-key' }, 'is no file of Google Cloud credentials'],
  ])('that is named and %s is an error that shows nothing of it', (_, content, why) => {
    const path = content === undefined ? join(home, 'gone.json') : write('x.json', content)
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', path)
    const error = refusal(() => googleFile())
    expect(error).toMatchObject({
      code: 'no-key',
      message: expect.stringContaining(`${path}, which GOOGLE_APPLICATION_CREDENTIALS names, ${why}`),
    })
    expect(printed(error)).not.toContain('hidden-key')
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', undefined)
    expect(refusal(() => googleFile({ keyFile: path }))).toMatchObject({
      message: expect.stringContaining(`${path} ${why}`),
    })
  })
})

describe('the project', () => {
  test('is the first of the option, the environment, the file and gcloud', () => {
    write('application_default_credentials.json', { type: 'authorized_user', quota_project_id: 'p-6' })
    expect(googleProject()).toBe('p-6')
    write('configurations/config_default', '[core]\naccount = me\nproject = p-5\n')
    expect(googleProject()).toBe('p-5')
    write('active_config', 'work\n')
    write('configurations/config_work', '[compute]\nproject = no\n[core]\nproject = p-4\n')
    expect(googleProject()).toBe('p-4')
    vi.stubEnv('CLOUDSDK_CORE_PROJECT', 'p-3')
    expect(googleProject()).toBe('p-3')
    const keyFile = write('key.json', { type: 'service_account', project_id: 'p-2' })
    expect(googleProject({ keyFile })).toBe('p-2')
    vi.stubEnv('GCLOUD_PROJECT', 'p-1')
    expect(googleProject({ keyFile })).toBe('p-1')
    vi.stubEnv('GOOGLE_CLOUD_PROJECT', 'p-0')
    expect(googleProject({ keyFile })).toBe('p-0')
    expect(googleProject({ keyFile, project: 'mine' })).toBe('mine')
  })

  test('may have a domain before it', () => {
    expect(googleProject({ project: 'example.com:my-project' })).toBe('example.com:my-project')
  })

  test('that is nowhere is a TypeError that says what to do', () => {
    expect(() => googleProject()).toThrow(/pass project, set GOOGLE_CLOUD_PROJECT, or run `gcloud config set/)
  })

  test.each(['a/b', '../x', 'a b', '', '?x'])('that is no id is a TypeError: %j', (project) => {
    expect(() => googleProject({ project })).toThrow(/project must be a project's id/)
  })
})
