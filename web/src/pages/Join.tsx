import { Link, useParams } from '@tanstack/react-router'
import { type JSX, useState } from 'react'
import { useAccount } from 'wagmi'
import { ByHand } from '../components/ByHand'
import { Foreign } from '../components/Foreign'
import { HandOver } from '../components/HandOver'
import { Loading } from '../components/Loading'
import { Proves } from '../components/Mark'
import { Note } from '../components/Note'
import { Steps } from '../components/Steps'
import { WhichApplication } from '../components/WhichApplication'
import { useBlockTime, useJob, useTokens } from '../market/hooks'
import { NeedsWallet } from '../wallet/NeedsWallet'
import { useShare } from '../wallet/useShare'
import { words } from '../words'
import { joinWords } from '../words/join'
import { postWords } from '../words/post'
import { CheckStep } from './join/CheckStep'
import { DeclareStep } from './join/DeclareStep'
import { JoinStep } from './join/JoinStep'
import { PublishStep } from './join/PublishStep'
import { SealStep } from './join/SealStep'
import { SentCard, SentLine } from './join/Sent'
import { SettleStep } from './join/SettleStep'
import { currentStep, JOIN_STEPS, type JoinStepName } from './join/steps'

/** Taking part, step by step: one open, the rest one line each with its result. */
export function JoinPage(): JSX.Element {
  const { jobId } = useParams({ from: '/jobs/$jobId/join' })
  const { address } = useAccount()
  const { data } = useJob(Number(jobId))
  const now = useBlockTime()
  const tokens = useTokens(data ? [data.job.terms.rewardToken] : [])
  const [checked, setChecked] = useState(false)
  const [chosen, setChosen] = useState<JoinStepName>()
  const sharing = useShare()
  // Its step is over once the model is verified, which can be before an IPFS node has taken the file.
  const [published, setPublished] = useState<Uint8Array>()
  const token = data && tokens.get(data.job.terms.rewardToken.toLowerCase())
  if (!data || !token || now === undefined) return <Loading title={joinWords.join.titles.check} />
  const me = data.clients.find((one) => one.client.toLowerCase() === address?.toLowerCase())
  const due = currentStep(data, now, me, checked)
  const open = chosen ?? due
  const tooLate = !me && (open === 'declare' || open === 'publish')
  const share = async (model: Uint8Array) => {
    setPublished(model)
    // Whoever wants it, the next round above all, finds it on IPFS.
    await sharing.share([{ name: joinWords.publish.model, content: model }])
  }
  const common = { detail: data, token, me, now }
  return (
    <Proves detail={data}>
      <div className="grid items-start gap-x-12 gap-y-6 py-6 wide:grid-cols-[230px_minmax(0,1fr)_290px]">
        <Steps
          label={joinWords.join.steps}
          names={joinWords.join.names}
          steps={JOIN_STEPS}
          open={open}
          due={due}
          onChoose={setChosen}
          above={
            <p className="mb-3 text-13">
              <Link to="/jobs/$jobId" params={{ jobId }}>
                <Foreign text={data.job.terms.title} />
              </Link>
            </p>
          }
        />
        <div>
          <WhichApplication />
          <h1 className="text-22">{joinWords.join.titles[open]}</h1>
          {open === 'check' && (
            <CheckStep
              {...common}
              onGo={() => {
                setChecked(true)
                setChosen(undefined)
              }}
            />
          )}
          {open === 'join' && <JoinStep {...common} onDone={() => setChosen(undefined)} />}
          {open === 'seal' && <SealStep {...common} onDone={() => setChosen(undefined)} />}
          {tooLate && (
            <NeedsWallet why={joinWords.join.ifJoined}>
              <div className="mt-4">
                <Note kind="info" title={joinWords.join.notJoined} />
              </div>
            </NeedsWallet>
          )}
          {open === 'declare' && !tooLate && <DeclareStep {...common} onDone={() => setChosen(undefined)} />}
          {open === 'publish' && !tooLate && (
            <PublishStep {...common} onPublished={share} onDone={() => setChosen(undefined)} />
          )}
          {open === 'settle' && <SettleStep {...common} onDone={() => setChosen(undefined)} />}
          {published && (
            <div className="mt-6">
              <HandOver sharing={sharing}>
                <div className="flex flex-wrap gap-2">
                  <button type="button" className="button" onClick={() => share(published)}>
                    {words.node.again}
                  </button>
                  <button type="button" className="button" onClick={() => setPublished(undefined)}>
                    {postWords.share.handedOver}
                  </button>
                </div>
              </HandOver>
            </div>
          )}
          <div className="mt-4">
            <ByHand />
          </div>
          <div className="sticky bottom-2 mt-4 wide:hidden">
            <SentLine />
          </div>
        </div>
        <aside className="grid gap-4 wide:sticky wide:top-6">
          <SentCard />
        </aside>
      </div>
    </Proves>
  )
}
