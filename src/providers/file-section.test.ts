import { expect, test } from 'vitest'
import { fileSection } from './file-section.ts'

const INI = `; Databricks
[DEFAULT]
host  = https://a.example # the first
token = dapi123
empty =

[ work ]\r
host=https://b.example\r
client_secret = a;b#c
  indented = yes
host.two = 2
[DEFAULT]
more = 1
`

const TOML = `
default_connection_name = "x"
[default] # mine
account = "my\\"org" # comment
user = 'C:\\path # not a comment'
on = true
port = 443
list = ["a", "b"]
table = { a = 1 }
long = """
text"""
broken = "\\q"
["my conn"]
account = "two"
[connections.third]
account = "three"
`

test('a section of an INI file has its values, without comments', () => {
  expect(fileSection(INI, 'work')).toEqual(
    new Map([
      ['host', 'https://b.example'],
      ['client_secret', 'a;b#c'],
      ['indented', 'yes'],
      ['host.two', '2'],
    ]),
  )
})

test('a section that comes twice is one', () => {
  expect(fileSection(INI, 'DEFAULT')).toEqual(
    new Map([
      ['host', 'https://a.example'],
      ['token', 'dapi123'],
      ['empty', ''],
      ['more', '1'],
    ]),
  )
})

test('a table of a TOML file has its flat values, and none that are not', () => {
  expect(fileSection(TOML, 'default')).toEqual(
    new Map([
      ['account', 'my"org'],
      ['user', 'C:\\path # not a comment'],
      ['on', 'true'],
      ['port', '443'],
    ]),
  )
  expect(fileSection(TOML, 'my conn')?.get('account')).toBe('two')
  expect(fileSection(TOML, 'connections.third')?.get('account')).toBe('three')
})

test('a section that is not there is undefined, an empty one is empty', () => {
  expect(fileSection(INI, 'gone')).toBeUndefined()
  expect(fileSection('[a]', 'a')).toEqual(new Map())
  expect(fileSection('', 'a')).toBeUndefined()
})
