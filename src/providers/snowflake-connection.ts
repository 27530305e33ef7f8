import { env, homePath, joinPath, readText } from '#platform'
import { fileSection } from './file-section.ts'

/** Where a Snowflake account and its credentials are looked for. */
export interface SnowflakePlaces {
  /** Its identifier, such as `myorg-myaccount`. @default `SNOWFLAKE_ACCOUNT`, or the connection's */
  readonly account?: string | undefined
  /** @default `SNOWFLAKE_USER`, or the connection's */
  readonly user?: string | undefined
  /** @default `SNOWFLAKE_TOKEN`, or the connection's */
  readonly token?: string | undefined
  /** What the token is. @default by `SNOWFLAKE_AUTHENTICATOR` or the connection, else `OAUTH` */
  readonly tokenType?: 'OAUTH' | 'PROGRAMMATIC_ACCESS_TOKEN' | undefined
  /** An RSA key in PEM. @default `SNOWFLAKE_PRIVATE_KEY` */
  readonly privateKey?: string | undefined
  /** @default `SNOWFLAKE_PRIVATE_KEY_PATH`, or the connection's */
  readonly privateKeyPath?: string | undefined
  /** Of the key. @default `SNOWFLAKE_PRIVATE_KEY_PASSPHRASE`, or the connection's */
  readonly passphrase?: string | undefined
  /** A connection of the file; then the environment is not looked at. @default `SNOWFLAKE_DEFAULT_CONNECTION_NAME`, else `default` */
  readonly connection?: string | undefined
}

/** An account, and what is known of who asks there. */
export interface SnowflakeConnection {
  readonly account: string | undefined
  readonly user: string | undefined
  readonly token: string | undefined
  readonly tokenType: 'OAUTH' | 'PROGRAMMATIC_ACCESS_TOKEN'
  readonly privateKey: string | undefined
  readonly privateKeyPath: string | undefined
  readonly passphrase: string | undefined
}

/** What one place says. */
interface Said {
  readonly user: string | undefined
  readonly token: string | undefined
  /** What the token is, in the words of `authenticator`. */
  readonly kind: string | undefined
  readonly privateKey: string | undefined
  readonly privateKeyPath: string | undefined
  readonly passphrase: string | undefined
}

/**
 * Who asks, by the options, the environment or the connection: the first that has a token or a key. Of
 * ~/.snowflake/connections.toml the flat lines `key = "value"` of one table are read. What stands beside another account is not taken.
 * https://docs.snowflake.com/developer-guide/snowflake-cli/connecting/configure-connections
 */
export function snowflakeConnection(places: SnowflakePlaces = {}): SnowflakeConnection {
  const table = tableOf(places)
  const inFile = (name: string): string | undefined => table?.get(name)
  const around = (name: string): string | undefined =>
    places.connection === undefined ? env(`SNOWFLAKE_${name}`)?.trim() : undefined
  const account = places.account ?? around('ACCOUNT') ?? inFile('account')
  const isOurs = (other: string | undefined): boolean =>
    other === undefined || other.toUpperCase() === account?.toUpperCase()

  const said: readonly Said[] = [
    {
      user: places.user,
      token: places.token,
      kind: undefined,
      privateKey: places.privateKey,
      privateKeyPath: places.privateKeyPath,
      passphrase: places.passphrase,
    },
    ...(isOurs(around('ACCOUNT')) ? [saidAround(around)] : []),
    ...(isOurs(inFile('account')) ? [saidInFile(inFile)] : []),
  ]
  const first = said.find(({ token, privateKey, privateKeyPath }) => token ?? privateKey ?? privateKeyPath)
  const isProgrammatic = first?.kind?.toUpperCase() === 'PROGRAMMATIC_ACCESS_TOKEN'
  return {
    account,
    user: said.find(({ user }) => user)?.user,
    token: first?.token,
    tokenType: places.tokenType ?? (isProgrammatic ? 'PROGRAMMATIC_ACCESS_TOKEN' : 'OAUTH'),
    privateKey: first?.privateKey,
    privateKeyPath: first?.privateKeyPath,
    passphrase: said.find(({ passphrase }) => passphrase)?.passphrase,
  }
}

const saidAround = (around: (name: string) => string | undefined): Said => ({
  user: around('USER'),
  token: around('TOKEN'),
  kind: around('AUTHENTICATOR'),
  privateKey: around('PRIVATE_KEY'),
  privateKeyPath: around('PRIVATE_KEY_PATH'),
  passphrase: around('PRIVATE_KEY_PASSPHRASE'),
})

const saidInFile = (inFile: (name: string) => string | undefined): Said => ({
  user: inFile('user'),
  token: inFile('token'),
  kind: inFile('authenticator'),
  privateKey: undefined,
  privateKeyPath: inFile('private_key_file') ?? inFile('private_key_path'),
  passphrase: inFile('private_key_file_pwd') ?? inFile('private_key_passphrase'),
})

/** The name of the connection that is looked for, and its file. */
export function snowflakeFile({ connection }: SnowflakePlaces): {
  readonly name: string
  readonly path: string
} {
  return {
    name: connection ?? env('SNOWFLAKE_DEFAULT_CONNECTION_NAME') ?? 'default',
    path: joinPath(env('SNOWFLAKE_HOME') ?? homePath('.snowflake'), 'connections.toml'),
  }
}

function tableOf(places: SnowflakePlaces): ReadonlyMap<string, string> | undefined {
  const { name, path } = snowflakeFile(places)
  const text = readText(path)
  return text === undefined
    ? undefined
    : (fileSection(text, name) ?? fileSection(text, `connections.${name}`))
}

/**
 * The address of the account's API, without a slash at the end.
 * https://docs.snowflake.com/user-guide/organizations-connect
 * @throws TypeError where no account is known, or it is no account's name
 */
export function snowflakeUrl(places: SnowflakePlaces = {}): string {
  const { account } = snowflakeConnection(places)
  const { name, path } = snowflakeFile(places)
  if (account === undefined)
    throw new TypeError(
      `no Snowflake account is known: pass account, set SNOWFLAKE_ACCOUNT, or give the connection ${name} one in ${path}`,
    )
  // It becomes a part of the host's name.
  if (!/^[a-z\d](?:[\w-]*[a-z\d])?(?:\.[a-z\d](?:[\w-]*[a-z\d])?)*$/i.test(account))
    throw new TypeError(
      `account must be an identifier such as myorg-myaccount: it is ${JSON.stringify(account)}`,
    )
  // "Hostname/IP does not match certificate's altnames": no certificate is for a name with an underscore.
  const host = account.toLowerCase().replaceAll('_', '-')
  return `https://${host}.snowflakecomputing.${host.includes('.cn-') ? 'cn' : 'com'}`
}
