import { deflateSync } from 'node:zlib'
import { type AskOptions, type Chat, type ChatOptions, image, t, tool } from 'natter'
import { loopback } from '../loopback.ts'
import type { Behaviour, Need } from './behaviour.ts'

/** What a column of the matrix asks, and what the right answer is. */
export interface Column {
  readonly need: Need
  readonly right: unknown
  readonly options?: (behaviour: Behaviour) => ChatOptions
  readonly ask: (chat: Chat, behaviour: Behaviour) => Promise<unknown>
}

const WEATHER = 'What is the weather in Paris?'

/** A tool whose result no model could make up. */
const weather = () =>
  tool({
    name: 'get_weather',
    description: 'The weather in a city now',
    input: t.object({ city: t.string() }),
    run: ({ city }) => `21 degrees in ${city}`,
  })

const person = t.object({ name: t.string(), age: t.integer() })
const reading = t.object({ city: t.string(), degrees: t.integer() })

/** Demanded where nobody could tell a tool that was ignored from one that was not needed. */
const choiceOf = ({ name, bites }: Behaviour): AskOptions => {
  const choice = bites?.tool_choice
  if (choice === 'required' || typeof choice === 'object' || /ignores-(tools|tool-choice|named)/.test(name))
    return {
      toolChoice: /named/.test(name) || typeof choice === 'object' ? { name: 'get_weather' } : 'required',
    }
  return {}
}

/** The columns of the matrix. */
export const COLUMNS: readonly Column[] = [
  { need: 'plain', right: 'pong', ask: (chat) => chat.chat('ping') },
  {
    need: 'system',
    right: 'heron',
    options: () => ({ systemPrompt: 'The code word is heron.' }),
    ask: (chat) => chat.chat('What is the code word?'),
  },
  {
    need: 'tools',
    right: 'The tool says: 21 degrees in Paris',
    options: () => ({ tools: [weather()] }),
    ask: (chat, behaviour) => chat.chat(WEATHER, choiceOf(behaviour)),
  },
  {
    need: 'structured',
    right: { name: 'Ada', age: 36 },
    ask: (chat) => chat.structured('Extract the person: Ada is 36 years old.', person),
  },
  {
    need: 'tools+structured',
    right: { city: 'Paris', degrees: 21 },
    options: () => ({ tools: [weather()] }),
    ask: (chat, behaviour) => chat.structured(WEATHER, reading, choiceOf(behaviour)),
  },
  {
    need: 'image',
    right: 'I see a red square',
    ask: async (chat, { name }) =>
      chat.chat([
        'What is in this picture?',
        name === 'cannot-fetch-image-url' ? await byUrl() : await image(PNG),
      ]),
  },
  {
    need: 'stream',
    right: 'pong',
    ask: async (chat) => {
      let text = ''
      for await (const piece of chat.stream('ping')) text += piece
      return text
    },
  },
  {
    need: 'long history',
    right: 'mango',
    ask: async (chat) => {
      chat.setTurns([
        { role: 'user', contents: [{ type: 'text', text: 'My favourite fruit is mango.' }] },
        { role: 'assistant', contents: [{ type: 'text', text: 'Noted.' }], finish: 'stop' },
        ...Array.from({ length: 40 }, (_, n) =>
          n % 2 === 0
            ? ({ role: 'user', contents: [{ type: 'text', text: 'ping' }] } as const)
            : ({ role: 'assistant', contents: [{ type: 'text', text: 'pong' }], finish: 'stop' } as const),
        ),
      ])
      return chat.chat('What is my favourite fruit?')
    },
  },
]

/** A red square of 8 by 8 pixels. */
const PNG = redSquare(8)

let hosted: Promise<string> | undefined

/** The same picture by its URL. */
async function byUrl(): Promise<Awaited<ReturnType<typeof image>>> {
  hosted ??= loopback((reply) => reply.writeHead(200, { 'content-type': 'image/png' }).end(PNG)).then(
    ({ origin }) => `${origin}/red.png`,
  )
  return image(await hosted)
}

function redSquare(side: number): Uint8Array {
  const rows = Buffer.concat(
    Array.from({ length: side }, () => Buffer.from([0, ...Array(side).fill([255, 0, 0]).flat()])),
  )
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  header.set([8, 2, 0, 0, 0], 8)
  return Uint8Array.from(
    Buffer.concat([
      Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
      part('IHDR', header),
      part('IDAT', deflateSync(rows)),
      part('IEND', Buffer.alloc(0)),
    ]),
  )
}

function part(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name), data])
  const ends = Buffer.alloc(8)
  ends.writeUInt32BE(data.length, 0)
  ends.writeUInt32BE(crc(body), 4)
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)])
}

function crc(bytes: Buffer): number {
  let sum = -1
  for (const byte of bytes) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0)
  }
  return (sum ^ -1) >>> 0
}
