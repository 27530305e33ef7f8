/** Where a token with the right permission is made. https://huggingface.co/docs/hub/security-tokens */
export const TOKEN_PAGE =
  'https://huggingface.co/settings/tokens/new?ownUserPermissions=inference.serverless.write&tokenType=fineGrained'

/** The same, with what it must be allowed. */
export const TOKEN_ADVICE = `${TOKEN_PAGE} (it needs the permission "Make calls to Inference Providers")`

/** All places where a token is looked for. */
export const TOKEN_PLACES =
  'HF_TOKEN, HUGGINGFACE_API_KEY, HUGGING_FACE_HUB_TOKEN, the file at HF_TOKEN_PATH, $HF_HOME/token and ' +
  '~/.cache/huggingface/token (which `natter login` and `hf auth login` write)'
