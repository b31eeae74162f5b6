// A WalletConnect v2 relay on loopback: topics, a mailbox for who is not there yet, and the clients' signed tokens
// checked. It stands for the public relay, which no test may reach.
import { verifyJWT } from '@walletconnect/relay-auth'
import { WebSocketServer } from 'ws'

/** Tags by which wallets tell session proposals and their answers apart. */
const TAG = { propose: 1100, answer: 1101, settle: 1102 }

export async function startRelay() {
  const subscribers = new Map()
  const mailbox = new Map()
  let lastId = Date.now() * 1000

  const server = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    verifyClient: async ({ req }, decide) => {
      const query = new URL(req.url, 'ws://relay').searchParams
      const signed = await verifyJWT(query.get('auth') ?? '').catch(() => false)
      decide(signed && query.get('projectId') !== null, 401)
    },
  })
  await new Promise((listening) => server.once('listening', listening))

  const deliver = (socket, id, { topic, message, tag, publishedAt }) => {
    lastId += 1
    const data = { topic, message, tag, publishedAt }
    socket.send(JSON.stringify({ id: lastId, jsonrpc: '2.0', method: 'irn_subscription', params: { id, data } }))
  }
  const publish = (from, topic, message, tag) => {
    const sent = { topic, message, tag, publishedAt: Date.now() }
    const others = [...(subscribers.get(topic) ?? [])].filter(([socket]) => socket !== from)
    for (const [socket, id] of others) deliver(socket, id, sent)
    if (others.length === 0) mailbox.set(topic, [...(mailbox.get(topic) ?? []), sent])
    return true
  }
  const subscribe = (socket, topic) => {
    const id = `${topic.slice(0, 32)}${Math.random().toString(16).slice(2, 10)}`
    if (!subscribers.has(topic)) subscribers.set(topic, new Map())
    subscribers.get(topic).set(socket, id)
    const waiting = mailbox.get(topic) ?? []
    mailbox.delete(topic)
    // The answer to the subscription must arrive first.
    setImmediate(() => {
      for (const one of waiting) deliver(socket, id, one)
    })
    return id
  }
  const unsubscribe = (socket, topic) => {
    subscribers.get(topic)?.delete(socket)
    return true
  }
  const fetched = (topic) => {
    const waiting = mailbox.get(topic) ?? []
    mailbox.delete(topic)
    return waiting
  }

  const methods = {
    irn_subscribe: (socket, { topic }) => subscribe(socket, topic),
    irn_batchSubscribe: (socket, { topics }) => topics.map((topic) => subscribe(socket, topic)),
    irn_unsubscribe: (socket, { topic }) => unsubscribe(socket, topic),
    irn_batchUnsubscribe: (socket, { subscriptions }) => subscriptions.every(({ topic }) => unsubscribe(socket, topic)),
    irn_publish: (socket, { topic, message, tag }) => publish(socket, topic, message, tag),
    irn_batchPublish: (socket, { messages }) =>
      messages.every(({ topic, message, tag }) => publish(socket, topic, message, tag)),
    irn_fetchMessages: (_, { topic }) => ({ messages: fetched(topic), hasMore: false }),
    irn_batchFetchMessages: (_, { topics }) => ({ messages: topics.flatMap(fetched), hasMore: false }),
    // Since SDK 2.21 the relay itself subscribes the proposer to the pairing's topic, and the wallet to the session's.
    wc_proposeSession: (socket, { pairingTopic, sessionProposal }) => {
      subscribe(socket, pairingTopic)
      return publish(socket, pairingTopic, sessionProposal, TAG.propose)
    },
    wc_approveSession: (socket, params) => {
      subscribe(socket, params.sessionTopic)
      publish(socket, params.pairingTopic, params.sessionProposalResponse, TAG.answer)
      return publish(socket, params.sessionTopic, params.sessionSettlementRequest, TAG.settle)
    },
  }

  server.on('connection', (socket) => {
    socket.on('message', (raw) => {
      const { id, method, params } = JSON.parse(raw)
      if (!method) return // an acknowledgement
      const handle = methods[method]
      const answer = handle
        ? { result: handle(socket, params) }
        : { error: { code: -32601, message: `no method ${method}` } }
      socket.send(JSON.stringify({ id, jsonrpc: '2.0', ...answer }))
    })
    socket.on('close', () => {
      for (const sockets of subscribers.values()) sockets.delete(socket)
    })
  })

  return {
    url: `ws://127.0.0.1:${server.address().port}`,
    close() {
      for (const socket of server.clients) socket.terminate()
      return new Promise((closed) => server.close(closed))
    },
  }
}
