/** What stands below the options of `natter --help`. */
export const AFTER_HELP = `
Piped text joins the prompt, and is the prompt where there is none.
Parameters: temperature, topP, topK, frequencyPenalty, presencePenalty, seed, maxTokens, logProbs,
stopSequences, reasoningEffort, reasoningTokens; any other goes into the request as it is.

Keys come from the environment, never from the command line, where other users could see them:
  HF_TOKEN, HUGGINGFACE_API_KEY, HUGGING_FACE_HUB_TOKEN, HF_TOKEN_PATH, or what
  \`natter login\` or \`hf auth login\` stored; \`natter providers\` lists those of the others.
With no key at all the built-in tiny model answers.
Also read: NATTER_MODEL (as --model), NATTER_ECHO (as --echo), NATTER_HISTORY (off keeps nothing), NATTER_DATA (where
conversations are kept), HTTPS_PROXY, NO_PROXY, NO_COLOR, FORCE_COLOR.

Exit codes: 0 answered, 1 the model or the network failed, 2 wrong use, 130 stopped by Ctrl-C.

Examples:
  $ natter "Tell me three jokes about statisticians"
  $ cat letter.txt | natter "Summarise this in one sentence"
  $ natter -m meta-llama/Llama-3.1-8B-Instruct:fastest -p temperature=0 "Name a prime"
  $ natter -m openai "Say hello"
  $ natter --base-url http://127.0.0.1:8080/v1 --json "Hi" | jq -r .text
  $ natter --local model.gguf
  $ natter serve --local`

/** What stands below the options of `natter serve --help`. */
export const AFTER_SERVE_HELP = `
Examples:
  $ natter serve --local
  $ natter serve --local model.gguf --port 9000 --context-size 4096
  $ SECRET=… natter serve --local --host 0.0.0.0 --api-key-env SECRET`

/** What stands below the options of `natter web --help`. */
export const AFTER_WEB_HELP = `
The address lets in the first browser that opens it, and none after. Only this machine can reach it, unless --host says
otherwise; then --token or --password keeps others out, better set as NATTER_WEB_TOKEN or NATTER_WEB_PASSWORD, where
other users cannot see it. Put a proxy with TLS before it: what is said travels as it is.
Conversations are kept in ~/.local/share/natter (or XDG_DATA_HOME, or NATTER_DATA), readable by you alone, without keys.

Examples:
  $ natter web
  $ natter web -m groq --no-history
  $ NATTER_WEB_PASSWORD=… natter web --host 0.0.0.0 --port 8090 --no-open`

/** What stands below the options of `natter login --help`. */
export const AFTER_LOGIN_HELP = `
The token is written to HF_TOKEN_PATH, $HF_HOME/token or ~/.cache/huggingface/token, readable by you alone.
HF_ENDPOINT names another Hub. A token in the environment goes before the one that is stored.

Examples:
  $ natter login --token-stdin < token.txt
  $ NATTER_HF_CLIENT_ID=… natter login
  $ natter whoami`

/** What stands below the options of `natter models --help`. */
export const AFTER_MODELS_HELP = `
With options, only models are listed that have all that is asked for, on Hugging Face at one live backend;
what is not known, which is blank in the table, does not do.
With the id of a model of the Hub: what is known of it, by whom and since when, and what natter does about it.
\`natter providers\` lists the providers, and whose key was found.

Examples:
  $ natter models --tools --image --max-price 1
  $ natter models openrouter --structured --max-price 0.5
  $ natter models ollama --json
  $ natter models google/gemma-2-2b-it
  $ natter models --json | jq -r '.[].id'`

/** What stands below the options of `natter doctor --help`. */
export const AFTER_DOCTOR_HELP = `
Each line is ok, warn, fail or skip, with what to do about it. Exit codes: 0 nothing failed, 1 something did.
Without --spend nothing is asked that costs money.`

/** What stands below the options of `natter forget --help`. */
export const AFTER_FORGET_HELP = `
natter remembers for a month what models and backends refused, so that it need not be refused twice.

Examples:
  $ natter forget
  $ natter forget google/gemma-2-2b-it`

/** What stands below the options of `natter batch --help`. */
export const AFTER_BATCH_HELP = `
Anthropic, Azure OpenAI, Google Gemini, Groq, Mistral, OpenAI and OpenRouter answer batches within a day, for about
half the price. What was handed in and what has come is kept in one file; keys are not.

Examples:
  $ natter batch submit letters.csv --prompt 'Summarise {{text}}' -m openai/gpt-4.1-mini --state letters.batch.jsonl
  $ natter batch status letters.batch.jsonl
  $ natter batch fetch letters.batch.jsonl --wait -o summaries.csv
  $ natter batch cancel letters.batch.jsonl`

/** What stands below the options of `natter batch submit --help`. */
export const AFTER_SUBMIT_HELP = `
The same command, run again, hands in nothing twice; rows that were added at the end are handed in then.

Exit codes: 0 handed in, 1 it was refused or could not be reached, 2 wrong use, 130 stopped by Ctrl-C.`

/** What stands below the options of `natter batch fetch --help`. */
export const AFTER_FETCH_HELP = `
The rows are written once all of them are answered, failed, expired or cancelled, in the order of the input and with the
columns answer, error, inputTokens, outputTokens and cost. Ctrl-C stops the waiting; the batch goes on.

Exit codes: 0 all rows answered, 1 some were not, or not yet, 2 wrong use, 130 stopped by Ctrl-C.`

/** What stands below the options of `natter map --help`. */
export const AFTER_MAP_HELP = `
Each answer is kept as it comes: the same command, run again, asks only what is missing. The rows are written
in the order of the input with the columns answer, error, inputTokens, outputTokens and cost; in tables each
member of data is a column of its own, answer.name.
Ctrl-C finishes what is under way, a second one stops it.

Exit codes: 0 all rows answered, 1 some were not, 2 wrong use, 130 stopped by Ctrl-C.

Examples:
  $ natter map letters.csv --prompt 'Summarise {{text}}' -o summaries.jsonl
  $ natter map letters.csv --prompt @prompt.txt --schema person.json -o people.csv --budget 2.5
  $ natter map letters.csv --local --prompt 'Is this spam? {{text}}' -o spam.parquet`

/** What stands below the options of `natter queue --help`. */
export const AFTER_QUEUE_HELP = `
Keys never go into Redis: workers take them from their own environment. Adding the same file again adds what is
missing. The URL of Redis may stand in REDIS_URL, where other users cannot see its password.

Examples:
  $ natter queue add letters.csv --queue letters -m openai/gpt-5-mini --prompt 'Summarise {{text}}' --rpm 5000
  $ natter worker --queue letters
  $ natter queue status --queue letters
  $ natter queue results letters.csv --queue letters --follow -o summaries.parquet`

/** What stands below the options of `natter worker --help`. */
export const AFTER_WORKER_HELP = `
Start as many as you like, on as many machines. The first Ctrl-C or SIGTERM lets what is under way finish and gives
the rest back, the second one gives all back at once.

Exit codes: 0 told to stop, or all done, 1 no prompt could be asked, 2 wrong use.

Examples:
  $ natter worker --redis rediss://redis.example:6380 --queue letters
  $ natter worker --queue letters --once --max-active 50`

/** What stands below the options of `natter sessions --help`. */
export const AFTER_SESSIONS_HELP = `
They are files in the folder natter/sessions of the user's data, such as ~/.local/share, that only you can read; NATTER_DATA names
another. They hold all that was said, and never a key. NATTER_HISTORY=off keeps none.

Examples:
  $ natter sessions search prime numbers
  $ natter sessions export -f html -o page.html
  $ natter -c "And another one"`

/** What stands below the options of `natter config --help`. */
export const AFTER_CONFIG_HELP = `
A config file is natter.config.json, or natter.config.ts (.mts, .js, .mjs), which takes jiti (npm install jiti). The user's is in
$XDG_CONFIG_HOME/natter or ~/.config/natter, a project's in the folder you are in, or above it as far as its repository goes.
The command line goes before the environment, then the project, then the user.
A project's program runs only once it was looked at and trusted, and again when it has changed.

It may have: model, system, params, tools (in a program), aliases, templates.

Example:
  { "model": "groq/llama-3.1-8b-instant", "params": { "temperature": 0 },
    "aliases": { "big": "meta-llama/Llama-3.3-70B-Instruct" },
    "templates": { "review": "Review this code:\\n\\n{{file}}" } }`

/** What stands below the options of `natter templates --help`. */
export const AFTER_TEMPLATES_HELP = `
In a template {{words}} are the words of the command line, {{file}} the text of the file that they name, {{files}} those of several,
{{input}} what is piped in. Where it names none of them, they join the prompt as they always do.

Examples:
  $ natter -t review src/main.ts
  $ git diff | natter -t commit`

/** What stands below the options of `natter compare --help`. */
export const AFTER_COMPARE_HELP = `
Side by side where the terminal is wide enough, else one under the other.

Exit codes: 0 one has answered, 1 none has, 2 wrong use, 130 stopped by Ctrl-C.

Examples:
  $ natter compare -m groq/llama-3.1-8b-instant -m openai/gpt-4.1-nano "Explain monads in one sentence"
  $ natter compare -m natter-tiny -m ollama/qwen3 --json "Hello" | jq -r .duration`

/** What stands below the options of `natter completion --help`. */
export const AFTER_COMPLETION_HELP = `
Examples:
  $ natter completion bash > ~/.local/share/bash-completion/completions/natter
  $ natter completion zsh > "\${fpath[1]}/_natter"
  $ natter completion fish > ~/.config/fish/completions/natter.fish`
