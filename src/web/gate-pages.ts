const WORDS = {
  // From our own page, so that the cookie goes with it: after a redirect from another site it would not.
  in: ['Signed in', '<a href="./">Go on to natter</a>', '<meta http-equiv="refresh" content="0;url=./">'],
  out: ['Not signed in', 'Open the address that natter printed when it was started.', ''],
  wrong: [
    'This address does not let you in',
    'It works once. If you have not used it, it was mistyped; else start natter again for a new one.',
    '',
  ],
} as const

/** A page of a few words: `in` leads on to the real one. */
export const notice = (status: number, what: keyof typeof WORDS): Response => {
  const [title, words, head] = WORDS[what]
  return page(status, title, `<p>${words}</p>`, head)
}

/** A page that asks for the password; a form, without a script. */
export const signIn = (status: number, isWrong = false): Response =>
  page(
    status,
    'Sign in',
    `${isWrong ? '<p role="alert">That is not the password.</p>' : ''}<form method="post" action="sign-in">
<p><label>Password <input name="password" type="password" autocomplete="current-password" required autofocus></label></p>
<p><button>Sign in</button></p></form>`,
  )

function page(status: number, title: string, body: string, head = ''): Response {
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">${head}<title>natter: ${title}</title></head>
<body><main><h1>${title}</h1>${body}</main></body></html>
`
  return new Response(html, {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
  })
}
