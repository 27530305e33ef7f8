import { cortexAnalyst as analystDialect, cortexComplete } from '../dialects/lazy-dialects.ts'
import type { Auth } from './auth.ts'
import type { Provider, ProviderFacts } from './provider.ts'
import { type SnowflakePlaces, snowflakeUrl } from './snowflake-connection.ts'
import { trusting } from './trust.ts'

const trusts = trusting('snowflakecomputing.com', 'snowflakecomputing.cn')

const auth: Auth = {
  variables: [],
  chainVariables: ['SNOWFLAKE_TOKEN', 'SNOWFLAKE_PRIVATE_KEY', 'SNOWFLAKE_PRIVATE_KEY_PATH'],
  places: 'SNOWFLAKE_TOKEN, SNOWFLAKE_USER with SNOWFLAKE_PRIVATE_KEY and ~/.snowflake/connections.toml',
  page: 'https://docs.snowflake.com/user-guide/programmatic-access-tokens',
  trusts,
}

/** Snowflake's Cortex. https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-rest-api */
export const snowflake: ProviderFacts = {
  id: 'snowflake',
  name: 'Snowflake Cortex',
  docs: 'https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-rest-api',
  dialect: cortexComplete,
  model: 'claude-sonnet-4-6',
  auth,
}

/** Snowflake's Cortex Analyst. https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-analyst/rest-api */
export const cortexAnalyst: ProviderFacts = {
  id: 'cortex-analyst',
  name: 'Cortex Analyst',
  docs: 'https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-analyst/rest-api',
  dialect: analystDialect,
  // It chooses its models itself; turns and messages need a name.
  model: 'cortex-analyst',
  auth,
}

/**
 * One of Snowflake's services for an account.
 * @param baseUrl asked instead of the account's address
 * @throws TypeError where no account is known, or it is no account's name
 */
export function snowflakeAt(facts: ProviderFacts, places: SnowflakePlaces, baseUrl?: string): Provider {
  // What the caller names is meant for where the caller says.
  const isGiven = (places.token ?? places.privateKey ?? places.privateKeyPath) !== undefined
  return {
    ...facts,
    baseUrl: baseUrl === undefined ? snowflakeUrl(places) : 'https://account.snowflakecomputing.com',
    auth: {
      ...auth,
      trusts: isGiven ? () => true : trusts,
      authorize: async () =>
        (await import('./snowflake-auth.ts')).snowflakeAuthorize({ ...places, endpoint: baseUrl }),
    },
  }
}
