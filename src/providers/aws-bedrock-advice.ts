import type { ChatError } from '../core/errors.ts'

/** What to do about an error of Bedrock, where there is more to say than in general. */
export function advice({ code, message }: ChatError): string | undefined {
  if (/on-demand throughput/i.test(message))
    return 'Name the inference profile instead: the model with us., eu., apac. or global. before it.'
  if (/security token|signature|expired/i.test(message))
    return "Renew AWS's credentials (`aws sso login`), and check this machine's clock."
  return code === 'forbidden'
    ? 'The identity needs the permission bedrock:InvokeModel (and …WithResponseStream), and the account access to the model: ' +
        'https://console.aws.amazon.com/bedrock/home#/modelaccess'
    : undefined
}
