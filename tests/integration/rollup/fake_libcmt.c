/* A stand-in for libcmt over a socket instead of /dev/cmio; its peer is scripted_machine.py. Each call writes a frame
 * (kind, length, body) and reads an answer: an int, and for a finish the frame of the next request, whose body is what
 * the device would hold.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libcmt.h"

struct cmt_rollup {
    int peer;
    uint32_t length;
    uint8_t *rx;
};

enum { FINISH, VOUCHER, DELEGATE_CALL_VOUCHER, NOTICE, REPORT, EXCEPTION };
enum { WORD = 32, HEAD = 4 + 8 * WORD };

static int transfer(int peer, void *data, size_t length, bool reading) {
    for (uint8_t *at = data; length > 0;) {
        ssize_t moved = reading ? read(peer, at, length) : write(peer, at, length);
        if (moved <= 0) return -EIO;
        at += moved;
        length -= (size_t) moved;
    }
    return 0;
}

static int tell(cmt_rollup_t *me, uint32_t kind, size_t fixed_length, void *fixed, const cmt_abi_bytes_t *payload) {
    if (!me || !payload || (!payload->data && payload->length)) return -EINVAL;
    uint32_t head[2] = {kind, (uint32_t) (fixed_length + payload->length)};
    int answer;
    if (transfer(me->peer, head, sizeof head, false) || transfer(me->peer, fixed, fixed_length, false)
        || transfer(me->peer, payload->data, payload->length, false)
        || transfer(me->peer, &answer, sizeof answer, true))
        return -EIO;
    return answer;
}

int cmt_rollup_init(cmt_rollup_t *me) {
    const char *peer = getenv("DEML_FAKE_CMT_PEER");
    if (!me) return -EINVAL;
    if (!peer) return -EBUSY;
    me->peer = atoi(peer);
    me->length = 0;
    me->rx = NULL;
    return 0;
}

int cmt_rollup_finish(cmt_rollup_t *me, cmt_rollup_finish_t *finish) {
    if (!me || !finish) return -EINVAL;
    uint8_t accept = finish->accept_previous_request;
    cmt_abi_bytes_t nothing = {0, NULL};
    int answer = tell(me, FINISH, 1, &accept, &nothing);
    if (answer) return answer;
    uint32_t head[2];
    if (transfer(me->peer, head, sizeof head, true)) return -EIO;
    free(me->rx);
    me->length = head[1];
    me->rx = malloc(me->length + 1);
    if (transfer(me->peer, me->rx, me->length, true)) return -EIO;
    finish->next_request_type = (int) head[0];
    finish->next_request_payload_length = me->length;
    return 0;
}

static uint64_t number(const uint8_t *word) {
    uint64_t value = 0;
    for (int i = WORD - 8; i < WORD; ++i) value = value << 8 | word[i];
    return value;
}

int cmt_rollup_read_advance_state(cmt_rollup_t *me, cmt_rollup_advance_t *advance) {
    if (!me || !advance) return -EINVAL;
    if (me->length < HEAD + WORD) return -ENOBUFS;
    const uint8_t *words = me->rx + 4;
    uint64_t offset = number(words + 7 * WORD);
    if (offset != 8 * WORD || number(words + offset) > me->length - HEAD - WORD) return -ENOBUFS;
    advance->chain_id = number(words);
    memcpy(advance->app_contract.data, words + 1 * WORD + 12, 20);
    memcpy(advance->msg_sender.data, words + 2 * WORD + 12, 20);
    advance->block_number = number(words + 3 * WORD);
    advance->block_timestamp = number(words + 4 * WORD);
    memcpy(advance->prev_randao.data, words + 5 * WORD, WORD);
    advance->index = number(words + 6 * WORD);
    advance->payload = (cmt_abi_bytes_t) {number(words + offset), me->rx + HEAD + WORD};
    return 0;
}

int cmt_rollup_read_inspect_state(cmt_rollup_t *me, cmt_rollup_inspect_t *inspect) {
    if (!me || !inspect) return -EINVAL;
    inspect->payload = (cmt_abi_bytes_t) {me->length, me->rx};
    return 0;
}

int cmt_rollup_emit_voucher(cmt_rollup_t *me, const cmt_abi_address_t *address, const cmt_abi_u256_t *value,
    const cmt_abi_bytes_t *payload, uint64_t *index) {
    uint8_t fixed[20 + WORD];
    memcpy(fixed, address->data, 20);
    memcpy(fixed + 20, value->data, WORD);
    (void) index;
    return tell(me, VOUCHER, sizeof fixed, fixed, payload);
}

int cmt_rollup_emit_delegate_call_voucher(cmt_rollup_t *me, const cmt_abi_address_t *address,
    const cmt_abi_bytes_t *payload, uint64_t *index) {
    (void) index;
    return tell(me, DELEGATE_CALL_VOUCHER, 20, (void *) address->data, payload);
}

int cmt_rollup_emit_notice(cmt_rollup_t *me, const cmt_abi_bytes_t *payload, uint64_t *index) {
    (void) index;
    return tell(me, NOTICE, 0, NULL, payload);
}

int cmt_rollup_emit_report(cmt_rollup_t *me, const cmt_abi_bytes_t *payload) {
    return tell(me, REPORT, 0, NULL, payload);
}

int cmt_rollup_emit_exception(cmt_rollup_t *me, const cmt_abi_bytes_t *payload) {
    return tell(me, EXCEPTION, 0, NULL, payload);
}
