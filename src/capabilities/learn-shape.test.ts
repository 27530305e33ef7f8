import { describe, expect, test } from 'vitest'
import { lessonFrom } from '../../test/lesson-from.ts'
import type { Content } from '../core/content.ts'
import type { ChatRequest } from '../core/request.ts'
import type { Turn } from '../core/turn.ts'
import { bedrockConverse } from '../dialects/bedrock-converse.ts'

const said = (message: string): object => ({ error: { message } })
const text: Content = { type: 'text', text: 'hi' }
const withPicture = (where: object): Partial<ChatRequest> => ({
  turns: [
    { role: 'user', contents: [text, { type: 'media', kind: 'image', mimeType: 'image/png', ...where }] },
  ],
})
const inline = withPicture({ data: 'AA==' })
const remote = withPicture({ url: 'https://example.com/a.png' })
const system: Partial<ChatRequest> = { system: 'Be kind.' }
const tool = { name: 'f', description: '', inputSchema: { type: 'object' } }
const called: readonly Turn[] = [
  { role: 'user', contents: [text] },
  {
    role: 'assistant',
    finish: 'tool-calls',
    contents: [{ type: 'tool-call', id: 'call_1', name: 'f', input: {} }],
  },
  { role: 'user', contents: [{ type: 'tool-result', id: 'call_1', name: 'f', content: '1' }] },
]
const results: Partial<ChatRequest> = { turns: called, tools: [tool] }

describe('that a model sees no pictures', () => {
  test.each([
    [500, 'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj'],
    [400, 'messages[0]: unknown variant `image_url`, expected `text` at line 1 column 335'],
    [400, 'Invalid content type. image_url is only supported by certain models.'],
    [400, 'org/words is not a multimodal model'],
    [400, 'At most 0 image(s) may be provided in one prompt.'],
    [400, 'messages[0].content must be a string'],
    [400, 'Model does not support images. Please use a model that does.'],
    [400, 'Image input modality is not enabled for models/gemma-3-1b-it'],
    [500, 'failed to process inputs: this model is missing data required for image input'],
    [404, 'No endpoints found that support image input'],
    [400, "This model doesn't support the image content block that you provided."],
    [500, 'can only concatenate str (not "list") to str'],
  ])('is learned from %i %s', (status, message) => {
    expect(lessonFrom(status, said(message), { request: inline })?.capabilities).toEqual({ images: false })
  })

  test('is learned of any dialect', () => {
    const message = "This model doesn't support the image content block that you provided."
    expect(lessonFrom(400, { message }, { request: inline, dialect: bedrockConverse })?.capabilities).toEqual(
      {
        images: false,
      },
    )
  })

  test('is learned from words that are deep in the body', () => {
    const body = { error: 'unknown error', warnings: ['can only concatenate str (not "list") to str'] }
    expect(lessonFrom(500, body, { request: inline })?.capabilities).toEqual({ images: false })
  })

  test.each([
    "You uploaded an unsupported image. Please make sure your image is below 20 MB in size and is of one the following formats: ['png', 'jpeg', 'gif', 'webp'].",
    "The image data you provided does not represent a valid image. Please check your input and try again with one of the supported image formats: ['image/jpeg', 'image/png'].",
    'Unsupported image type: image/bmp',
    'Unsupported MIME type: image/bmp',
    'Could not process image',
    'Unable to process input image. Please retry or report in',
    'messages.0.content.1.image.source.base64: image exceeds 5 MB maximum: 6291456 bytes > 5242880 bytes',
    'At most 1 image(s) may be provided in one prompt.',
    'cannot identify image file <_io.BytesIO object at 0x7f>',
    'Error in `inputs`: Invalid image: {}',
  ])('is not learned from a picture that is bad itself: %s', (message) => {
    expect(lessonFrom(400, said(message), { request: inline })).toBeUndefined()
  })

  test('is not learned where none was sent', () => {
    expect(lessonFrom(400, said('Model does not support images.'))).toBeUndefined()
  })
})

describe('that a server fetches no pictures', () => {
  test.each([
    'Error while downloading https://source.unsplash.com/8xznAGy4HcY/800x400.',
    'Cannot fetch content from the provided URL. Please ensure the URL is valid and accessible by Vertex AI.',
    'invalid image url: only base64 data is supported',
    'messages.0.content.1.image.source.base64.data: URL sources are not supported, use base64 image data',
  ])('is learned from %s', (message) => {
    expect(lessonFrom(400, said(message), { request: remote })?.capabilities).toEqual({ imageUrls: 'inline' })
  })

  test('is not learned where the picture travelled along', () => {
    const message = 'Error while downloading https://example.com/a.png.'
    expect(lessonFrom(400, said(message), { request: inline })).toBeUndefined()
  })
})

describe('that there is no system role', () => {
  test.each([
    'System role not supported',
    "This model doesn't support system messages. Try again without system messages.",
    "This model doesn't support the system field. Remove system and try again.",
    'Developer instruction is not enabled for models/gemma-3-27b-it',
    'Conversation roles must alternate user/assistant/user/assistant/...',
    'Template error: Only user and assistant roles are supported!',
  ])('is learned from %s', (message) => {
    expect(lessonFrom(400, said(message), { request: system })?.capabilities).toEqual({ system: 'fold' })
    expect(lessonFrom(400, said(message))).toBeUndefined()
  })

  test('is not learned from a template that knows one', () => {
    const message =
      'After the optional system message, conversation roles must alternate user/assistant/user/assistant/...'
    expect(lessonFrom(400, said(message), { request: system })).toBeUndefined()
    expect(lessonFrom(400, said(message), { request: { ...system, ...results } })?.capabilities).toEqual({
      toolsRefused: ['native'],
    })
  })

  test('never loses the prompt, whatever is said of the field', () => {
    for (const field of ['system', 'instructions', 'systemInstruction'])
      expect(
        lessonFrom(400, said(`${field}: unexpected value`), { sent: { [field]: 'Be kind.', messages: [] } }),
      ).toBeUndefined()
  })
})

describe('of the messages is learned', () => {
  test('that ids of calls have nine letters, once', () => {
    const message = 'Tool call id was call_1 but must be a-z, A-Z, 0-9, with a length of 9.'
    expect(lessonFrom(400, said(message), { request: results })?.capabilities).toEqual({
      toolCallIds: 'nine',
    })
    expect(
      lessonFrom(400, said(message), { request: results, quirks: { toolCallIds: 'nine' } }),
    ).toBeUndefined()
  })

  test('that a result has no name', () => {
    const message =
      "'messages.2' : for 'role:tool' the following must be satisfied[('messages.2' : property 'name' is unsupported)]"
    expect(lessonFrom(400, said(message), { request: results })?.capabilities).toEqual({ resultNames: false })
    expect(
      lessonFrom(400, said(message), { request: results, quirks: { resultNames: false } }),
    ).toBeUndefined()
  })

  test('that there is no role for results, from a template with two roles', () => {
    for (const message of [
      'Only user and assistant roles are supported!',
      'Conversation roles must alternate user/assistant/user/assistant/...',
    ])
      expect(lessonFrom(400, said(message), { request: results })?.capabilities).toEqual({
        toolsRefused: ['native'],
      })
  })

  test('that contents are lists, or are strings', () => {
    const list = 'messages[0].content: invalid type: string "hi", expected a sequence at line 1 column 58'
    const string = 'messages[0].content: invalid type: sequence, expected a string at line 1 column 57'
    expect(lessonFrom(422, list)?.capabilities).toEqual({ content: 'parts' })
    expect(lessonFrom(422, list, { quirks: { content: 'parts' } })).toBeUndefined()
    expect(lessonFrom(422, string, { quirks: { content: 'parts' } })?.capabilities).toEqual({
      content: 'text',
    })
    expect(lessonFrom(422, string)).toBeUndefined()
  })

  test.each([
    'messages: invalid type: string "hi", expected a sequence at line 1 column 58',
    "Unexpected role 'user' after role 'tool'",
    'Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant',
    'messages: at least one message is required',
    "Assistant message must contain either 'content' or 'tool_calls'!",
    'Template error: template not found',
  ])('nothing from %s', (message) => {
    expect(lessonFrom(400, said(message), { request: { ...system, ...results } })).toBeUndefined()
  })
})
