/** What a constructor must be told before it can say where it asks, by the provider's id. */
export const PLACES: Readonly<Record<string, object>> = {
  'azure-openai': { endpoint: 'https://x.openai.azure.com' },
  'aws-bedrock': { region: 'us-east-1' },
  'google-vertex': { project: 'my-project' },
  cloudflare: { account: '0123' },
  databricks: { host: 'https://x.cloud.databricks.com' },
  snowflake: { account: 'org-account' },
  'cortex-analyst': { account: 'org-account', semanticView: 'v' },
  vllm: { baseUrl: 'http://127.0.0.1:8000' },
  'openai-compatible': { baseUrl: 'http://127.0.0.1:8000' },
}
