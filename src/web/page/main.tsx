import { render } from 'preact'
import { App } from './app.tsx'
import { begin } from './session.ts'
import { listen } from './shortcuts.ts'
import './styles/tokens.css'
import './styles/layout.css'
import './styles/parts.css'
import './styles/prose.css'
import './styles/dialogs.css'

const root = document.getElementById('app')
if (root) render(<App />, root)
listen()
await begin()
