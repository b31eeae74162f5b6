/* A libcmt that serves one input over and over, and takes outputs into a buffer as the device's memory would. What the
 * real one adds is the kernel's yield and a keccak over each output.
 */
#include <errno.h>
#include <string.h>

#include "libcmt.h"

struct cmt_rollup {
    uint64_t left;
};

static uint8_t tx[2 << 20];
static cmt_rollup_advance_t next;
static uint64_t requests;

/* Set the input, and how often it comes. */
void canned_input(const uint8_t *sender, const uint8_t *payload, size_t length, uint64_t times) {
    memcpy(next.msg_sender.data, sender, 20);
    next.payload = (cmt_abi_bytes_t) {length, (void *) payload};
    requests = times;
}

int cmt_rollup_init(cmt_rollup_t *me) {
    me->left = requests;
    return 0;
}

int cmt_rollup_finish(cmt_rollup_t *me, cmt_rollup_finish_t *finish) {
    if (me->left == 0) return -ENODATA;
    --me->left;
    finish->next_request_type = 0;
    return 0;
}

int cmt_rollup_read_advance_state(cmt_rollup_t *me, cmt_rollup_advance_t *advance) {
    next.index = requests - me->left;
    *advance = next;
    return 0;
}

int cmt_rollup_read_inspect_state(cmt_rollup_t *me, cmt_rollup_inspect_t *inspect) {
    (void) me, (void) inspect;
    return -ENOSYS;
}

static int take(const cmt_abi_bytes_t *payload) {
    if (payload->length > sizeof tx) return -ENOBUFS;
    memcpy(tx, payload->data, payload->length);
    return 0;
}

int cmt_rollup_emit_voucher(cmt_rollup_t *me, const cmt_abi_address_t *address, const cmt_abi_u256_t *value,
    const cmt_abi_bytes_t *payload, uint64_t *index) {
    (void) me, (void) address, (void) value, (void) index;
    return take(payload);
}

int cmt_rollup_emit_delegate_call_voucher(cmt_rollup_t *me, const cmt_abi_address_t *address,
    const cmt_abi_bytes_t *payload, uint64_t *index) {
    (void) me, (void) address, (void) index;
    return take(payload);
}

int cmt_rollup_emit_notice(cmt_rollup_t *me, const cmt_abi_bytes_t *payload, uint64_t *index) {
    (void) me, (void) index;
    return take(payload);
}

int cmt_rollup_emit_report(cmt_rollup_t *me, const cmt_abi_bytes_t *payload) {
    (void) me;
    return take(payload);
}

int cmt_rollup_emit_exception(cmt_rollup_t *me, const cmt_abi_bytes_t *payload) {
    (void) me;
    return take(payload);
}
