// Asks a node everything that npm's @cartesi/rpc can ask: node cartesi_rpc_client.mjs URL APPLICATION
import { createClient } from "@cartesi/rpc";

const [uri, application] = process.argv.slice(2);
const client = createClient({ uri });
const first = "0x0";
const answers = {
    applications: await client.request("cartesi_listApplications", { limit: 10 }),
    application: await client.request("cartesi_getApplication", { application }),
    epochs: await client.request("cartesi_listEpochs", { application, status: "CLAIM_ACCEPTED" }),
    epoch: await client.request("cartesi_getLastAcceptedEpochIndex", { application }),
    inputs: await client.request("cartesi_listInputs", { application, descending: true }),
    input: await client.request("cartesi_getInput", { application, input_index: first }),
    processed: await client.request("cartesi_getProcessedInputCount", { application }),
    outputs: await client.request("cartesi_listOutputs", { application, input_index: first }),
    output: await client.request("cartesi_getOutput", { application, output_index: first }),
    reports: await client.request("cartesi_listReports", { application }),
    report: await client.request("cartesi_getReport", { application, report_index: first }),
    tournaments: await client.request("cartesi_listTournaments", { application }),
    withdrawals: await client.request("cartesi_listWithdrawals", { application }),
    chain: await client.request("cartesi_getChainId"),
    version: await client.request("cartesi_getNodeVersion"),
};
answers.accepted = await client.request("cartesi_getEpoch", { application, epoch_index: answers.epoch.data });
answers.missing = await client
    .request("cartesi_getOutput", { application, output_index: "0xffff" })
    .catch((error) => ({ code: error.code, message: error.message }));
console.log(JSON.stringify(answers));
