import type { ChatError } from '../core/errors.ts'

/** What to do about an error of Azure OpenAI, where there is more to say than in general. */
export function advice({ code, message, serverCode }: ChatError): string | undefined {
  if (/principal (?:does not have|lacks)|PermissionDenied/i.test(`${message} ${serverCode}`))
    return (
      'Give the identity the role "Cognitive Services OpenAI User" (or "… Contributor") on the resource, and wait some minutes: ' +
      'https://learn.microsoft.com/azure/ai-services/openai/how-to/role-based-access-control'
    )
  if (code === 'not-found' || /DeploymentNotFound/.test(serverCode ?? ''))
    return 'The model must be the name of a deployment of this resource; a new one takes some minutes. Check apiVersion too.'
  return undefined
}
