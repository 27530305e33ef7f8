// Numbers as people read them.

const WHOLE = new Intl.NumberFormat('en')

/** A count: 999, 1,234, 128k, 1.2M. */
export function count(value: number): string {
  if (value >= 999_500) return `${trimmed(value / 1e6)}M`
  return value >= 10_000 ? `${trimmed(value / 1000)}k` : WHOLE.format(value)
}

/** US dollars, with as many digits as say something. */
export function dollars(value: number): string {
  if (value === 0) return '$0'
  if (value < 1e-6) return 'under $0.000001'
  return value < 0.01
    ? `$${Number(value.toPrecision(2)).toFixed(Math.min(8, 1 - Math.floor(Math.log10(value))))}`
    : `$${value.toFixed(2)}`
}

/** Milliseconds: 240 ms, 3.4 s, 2 min 5 s. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}

/** Bytes: 800 B, 12 kB, 3.4 MB. */
export function bytes(value: number): string {
  if (value < 1000) return `${value} B`
  return value < 1e6 ? `${Math.round(value / 1000)} kB` : `${trimmed(value / 1e6)} MB`
}

/** How long ago a day was: Today, Yesterday, Last 7 days, or its month. */
export function dayOf(iso: string, now = new Date()): string {
  const then = new Date(iso)
  const days = Math.round((startOf(now) - startOf(then)) / 86_400_000)
  if (days <= 0) return 'Today'
  if (days === 1) return 'Yesterday'
  if (days < 7) return 'Last 7 days'
  return then.toLocaleDateString('en', { month: 'long', year: 'numeric' })
}

const startOf = (date: Date): number =>
  new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()

const trimmed = (value: number): string => value.toFixed(value < 10 ? 1 : 0).replace(/\.0$/, '')
