import { openaiChat } from '../dialects/openai-chat.ts'
import { type DatabricksOptions, databricksWorkspace } from './databricks-auth.ts'
import type { Provider, ProviderFacts } from './provider.ts'
import { trustingAlso } from './trust.ts'

/** Which workspace of Databricks is asked, and who asks. */
export type DatabricksPlace = Omit<DatabricksOptions, 'fetch' | 'now'>

const trusts = trustingAlso(
  'DATABRICKS_HOST',
  'cloud.databricks.com',
  'azuredatabricks.net',
  'gcp.databricks.com',
  'databricks.us',
)

/** Databricks' model serving. https://docs.databricks.com/aws/en/machine-learning/foundation-model-apis/api-reference */
export const databricks: ProviderFacts = {
  id: 'databricks',
  name: 'Databricks',
  docs: 'https://docs.databricks.com/aws/en/machine-learning/foundation-model-apis/api-reference',
  dialect: openaiChat,
  models: async () => (await import('./models-databricks.ts')).listModels,
  model: 'databricks-claude-sonnet-4-6',
  quirks: {
    strict: false,
    // Usage comes with each chunk: "stream_options: Extra inputs are not permitted".
    omit: ['stream_options'],
  },
  auth: {
    variables: [],
    chainVariables: ['DATABRICKS_TOKEN', 'DATABRICKS_CLIENT_SECRET', 'DATABRICKS_CONFIG_PROFILE'],
    places:
      'DATABRICKS_TOKEN, DATABRICKS_CLIENT_ID with DATABRICKS_CLIENT_SECRET, ~/.databrickscfg and the Databricks CLI',
    page: 'https://docs.databricks.com/aws/en/dev-tools/auth/pat',
    trusts,
  },
}

/**
 * A workspace of Databricks.
 * @param baseUrl asked instead of the workspace's address
 * @throws TypeError where no workspace is known, or its address is not safe to send a secret to
 */
export function databricksAt(place: DatabricksPlace, baseUrl?: string): Provider {
  // What the caller names is meant for where the caller says.
  const isGiven = (place.token ?? place.clientSecret) !== undefined
  const auth = { ...databricks.auth, trusts: isGiven ? () => true : trusts }
  if (baseUrl === undefined) {
    const { origin, authorize } = databricksWorkspace(place)
    return {
      ...databricks,
      baseUrl: `${origin}/serving-endpoints`,
      auth: { ...auth, authorize: () => authorize },
    }
  }
  return {
    ...databricks,
    baseUrl: 'https://workspace.cloud.databricks.com/serving-endpoints',
    auth: {
      ...auth,
      authorize: () => databricksWorkspace({ ...place, host: new URL(baseUrl).origin }).authorize,
    },
  }
}
