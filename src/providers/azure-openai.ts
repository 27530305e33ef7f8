import { openaiChat } from '../dialects/openai-chat.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { openaiResponses } from '../dialects/lazy-dialects.ts'
import type { AzureOptions as AzureCredentials } from './azure-auth.ts'
import type { Provider, ProviderFacts } from './provider.ts'
import { addressIn, trustingAlso } from './trust.ts'

/** Which deployment is asked, and by which version of the API. */
export interface AzurePlace extends Pick<
  AzureCredentials,
  'tenantId' | 'clientId' | 'clientSecret' | 'scope' | 'authority'
> {
  /** The address of the resource, such as `https://name.openai.azure.com`. @default `AZURE_OPENAI_ENDPOINT` */
  readonly endpoint?: string | undefined
  /** A date as of `2024-10-21`, or `v1` for the API without dates. @default '2024-10-21', or 'v1' where `endpoint` ends so */
  readonly apiVersion?: string | undefined
  /** Whether the API of chat completions is asked or, in `v1`, that of responses. @default 'openai-chat' */
  readonly dialect?: 'openai-chat' | 'openai-responses' | undefined
}

/** OpenAI's models on Azure. https://learn.microsoft.com/azure/ai-services/openai/reference */
export const azureOpenAI: ProviderFacts = {
  id: 'azure-openai',
  name: 'Azure OpenAI',
  docs: 'https://learn.microsoft.com/azure/ai-services/openai/reference',
  dialect: openaiChat,
  models: false,
  auth: {
    variables: ['AZURE_OPENAI_API_KEY'],
    chainVariables: ['AZURE_CLIENT_SECRET'],
    places:
      'AZURE_OPENAI_API_KEY and Microsoft Entra (a service principal, a managed identity, the Azure CLI)',
    page: 'https://ai.azure.com',
    trusts: trustingAlso(
      'AZURE_OPENAI_ENDPOINT',
      'openai.azure.com',
      'cognitiveservices.azure.com',
      'services.ai.azure.com',
      'openai.azure.us',
    ),
    // Tokens of Entra are JWTs, which begin so.
    header: (key) => (key.startsWith('eyJ') ? { authorization: `Bearer ${key}` } : { 'api-key': key }),
  },
  advice: async () => (await import('./azure-openai-advice.ts')).advice,
}

/**
 * Azure OpenAI at a resource.
 * @throws TypeError where none is known, or the options do not go together
 */
export function azureAt(
  { endpoint, apiVersion, dialect, ...credentials }: AzurePlace,
  baseUrl?: string,
): Provider {
  const given = endpoint ?? addressIn('AZURE_OPENAI_ENDPOINT') ?? baseUrl
  if (given === undefined)
    throw new TypeError(
      'no resource of Azure OpenAI is known: pass endpoint, or set AZURE_OPENAI_ENDPOINT, such as https://name.openai.azure.com',
    )
  const [, resource = given, named] = /^(.*?)(?:\/openai(\/v1)?)?\/*$/.exec(given) ?? []
  const version = apiVersion ?? (named ? 'v1' : '2024-10-21')
  const isDated = version !== 'v1'
  if (isDated && dialect === 'openai-responses')
    throw new TypeError("dialect 'openai-responses' is for apiVersion 'v1'")
  // What the caller names is meant for where the caller says.
  const isGiven = credentials.clientSecret !== undefined
  const auth = {
    ...azureOpenAI.auth,
    ...(isGiven && { variables: [], trusts: () => true }),
    authorize: async () =>
      (await import('./azure-auth.ts')).azureAuthorize({ ...credentials, endpoint: baseUrl ?? resource }),
  }
  return isDated
    ? {
        ...azureOpenAI,
        auth,
        baseUrl: resource,
        root: '',
        dialect: deployments(version),
        batches: async () => (await import('./batches-azure.ts')).azureBatches(version),
      }
    : {
        ...azureOpenAI,
        auth,
        batches: async () => (await import('./batches-azure.ts')).azureBatches(),
        baseUrl: `${resource}/openai/v1`,
        ...(dialect === 'openai-responses' && { dialect: openaiResponses }),
      }
}

/** Chat completions where the path names the deployment. */
const deployments = (version: string): Dialect => ({
  ...openaiChat,
  encode(request, quirks) {
    const { path, body } = openaiChat.encode(request, quirks)
    const deployment = `openai/deployments/${encodeURIComponent(request.model)}`
    return { path: `${deployment}/${path}?api-version=${encodeURIComponent(version)}`, body }
  },
})
