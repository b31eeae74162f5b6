/* The rollup calls of libcmt, as the guest tools 0.17 document them (libcmt/rollup.h, abi.h): what stand-ins implement. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct { uint8_t data[20]; } cmt_abi_address_t;
typedef struct { uint8_t data[32]; } cmt_abi_u256_t; /* big-endian */
typedef struct { size_t length; void *data; } cmt_abi_bytes_t;

typedef struct cmt_rollup cmt_rollup_t; /* each implementation has its own */

typedef struct {
    uint64_t chain_id;
    cmt_abi_address_t app_contract;
    cmt_abi_address_t msg_sender;
    uint64_t block_number;
    uint64_t block_timestamp;
    cmt_abi_u256_t prev_randao;
    uint64_t index;
    cmt_abi_bytes_t payload;
} cmt_rollup_advance_t;

typedef struct { cmt_abi_bytes_t payload; } cmt_rollup_inspect_t;

typedef struct {
    bool accept_previous_request;
    int next_request_type; /* 0 advance, 1 inspect */
    uint32_t next_request_payload_length;
} cmt_rollup_finish_t;

/* Each answers 0, or a negative errno. */
int cmt_rollup_init(cmt_rollup_t *me);
int cmt_rollup_finish(cmt_rollup_t *me, cmt_rollup_finish_t *finish);
int cmt_rollup_read_advance_state(cmt_rollup_t *me, cmt_rollup_advance_t *advance);
int cmt_rollup_read_inspect_state(cmt_rollup_t *me, cmt_rollup_inspect_t *inspect);
int cmt_rollup_emit_voucher(cmt_rollup_t *me, const cmt_abi_address_t *address, const cmt_abi_u256_t *value,
    const cmt_abi_bytes_t *payload, uint64_t *index);
int cmt_rollup_emit_delegate_call_voucher(cmt_rollup_t *me, const cmt_abi_address_t *address,
    const cmt_abi_bytes_t *payload, uint64_t *index);
int cmt_rollup_emit_notice(cmt_rollup_t *me, const cmt_abi_bytes_t *payload, uint64_t *index);
int cmt_rollup_emit_report(cmt_rollup_t *me, const cmt_abi_bytes_t *payload);
int cmt_rollup_emit_exception(cmt_rollup_t *me, const cmt_abi_bytes_t *payload);
