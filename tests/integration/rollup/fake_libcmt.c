/* A stand-in for libcmt 0.17.2 over a socket instead of /dev/cmio; its peer is machine.py. It is as strict as the real
 * one: the device can be had once, requests must be EvmAdvance with numbers of 64 bits, what is sent must fit 2 MiB,
 * outputs are hashed into a tree whose root goes with each acceptance, and neither a rejection nor an exception returns.
 *
 * Each call writes a frame (kind, length, body) and reads an answer: an int, and for an acceptance the frame of the next
 * request, whose body is what the device then holds.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "libcmt.h"

enum { WORD = 32, BUFFER = 2 << 20, HEIGHT = 63 };
enum { ACCEPT, REJECT, OUTPUT, REPORT, EXCEPTION };

struct cmt_rollup {
    int peer;
    uint32_t length;
    uint64_t leaves;
    uint8_t complete[HEIGHT][WORD]; /* roots of complete subtrees, where a bit of `leaves` is set */
};

static uint8_t tx[BUFFER], rx[BUFFER];

/* keccak-256 */

static uint64_t rotated(uint64_t lane, int by) { return by ? lane << by | lane >> (64 - by) : lane; }

static void permute(uint64_t a[25]) {
    static const uint64_t constants[24] = {0x1, 0x8082, 0x800000000000808a, 0x8000000080008000, 0x808b, 0x80000001,
        0x8000000080008081, 0x8000000000008009, 0x8a, 0x88, 0x80008009, 0x8000000a, 0x8000808b, 0x800000000000008b,
        0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x800a, 0x800000008000000a,
        0x8000000080008081, 0x8000000000008080, 0x80000001, 0x8000000080008008};
    static const int shifts[25] = {
        0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14};
    for (int round = 0; round < 24; ++round) {
        uint64_t column[5], b[25];
        for (int x = 0; x < 5; ++x) column[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
        for (int i = 0; i < 25; ++i) a[i] ^= column[(i + 4) % 5] ^ rotated(column[(i + 1) % 5], 1);
        for (int y = 0; y < 5; ++y)
            for (int x = 0; x < 5; ++x) b[y + 5 * ((2 * x + 3 * y) % 5)] = rotated(a[x + 5 * y], shifts[x + 5 * y]);
        for (int y = 0; y < 25; y += 5)
            for (int x = 0; x < 5; ++x) a[y + x] = b[y + x] ^ (~b[y + (x + 1) % 5] & b[y + (x + 2) % 5]);
        a[0] ^= constants[round];
    }
}

static void keccak(const uint8_t *data, size_t length, uint8_t digest[WORD]) {
    enum { RATE = 136 };
    uint64_t state[25] = {0};
    uint8_t *bytes = (uint8_t *) state;
    for (; length >= RATE; data += RATE, length -= RATE) {
        for (int i = 0; i < RATE; ++i) bytes[i] ^= data[i];
        permute(state);
    }
    for (size_t i = 0; i < length; ++i) bytes[i] ^= data[i];
    bytes[length] ^= 0x01;
    bytes[RATE - 1] ^= 0x80;
    permute(state);
    memcpy(digest, bytes, WORD);
}

static void parent(const uint8_t *left, const uint8_t *right, uint8_t digest[WORD]) {
    uint8_t both[2 * WORD];
    memcpy(both, left, WORD);
    memcpy(both + WORD, right, WORD);
    keccak(both, sizeof both, digest);
}

static void add_leaf(cmt_rollup_t *me, const uint8_t *output, size_t length) {
    uint8_t node[WORD];
    keccak(output, length, node);
    int level = 0;
    for (; me->leaves >> level & 1; ++level) parent(me->complete[level], node, node);
    memcpy(me->complete[level], node, WORD);
    ++me->leaves;
}

static void outputs_root(const cmt_rollup_t *me, uint8_t root[WORD]) {
    uint8_t empty[WORD] = {0};
    memset(root, 0, WORD);
    for (int level = 0; level < HEIGHT; ++level) {
        if (me->leaves >> level & 1) parent(me->complete[level], root, root);
        else parent(root, empty, root);
        parent(empty, empty, empty);
    }
}

/* The socket */

static int transfer(int peer, void *data, size_t length, bool reading) {
    for (uint8_t *at = data; length > 0;) {
        ssize_t moved = reading ? read(peer, at, length) : send(peer, at, length, MSG_NOSIGNAL);
        if (moved <= 0) return -EIO;
        at += moved;
        length -= (size_t) moved;
    }
    return 0;
}

static int tell(cmt_rollup_t *me, uint32_t kind, void *body, size_t length) {
    uint32_t head[2] = {kind, (uint32_t) length};
    int answer;
    if (transfer(me->peer, head, sizeof head, false) || transfer(me->peer, body, length, false)
        || transfer(me->peer, &answer, sizeof answer, true))
        return -EIO;
    return answer;
}

int cmt_rollup_init(cmt_rollup_t *me) {
    struct sockaddr_un place = {.sun_family = AF_UNIX};
    const char *peer = getenv("DEML_FAKE_CMT_PEER");
    int answer;
    if (!me) return -EINVAL;
    if (!peer || strlen(peer) >= sizeof place.sun_path) return -ENOENT;
    strcpy(place.sun_path, peer);
    memset(me, 0, sizeof *me);
    me->peer = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(me->peer, (struct sockaddr *) &place, sizeof place) || transfer(me->peer, &answer, sizeof answer, true))
        answer = -EACCES;
    if (answer) close(me->peer);
    return answer;
}

/* Requests */

int cmt_rollup_finish(cmt_rollup_t *me, cmt_rollup_finish_t *finish) {
    if (!me || !finish) return -EINVAL;
    if (!finish->accept_previous_request) {
        int answer = tell(me, REJECT, NULL, 0);
        while (!answer) pause(); /* until the machine is taken back */
        return answer;
    }
    uint8_t root[WORD];
    outputs_root(me, root);
    int answer = tell(me, ACCEPT, root, sizeof root);
    if (answer) return answer;
    uint32_t head[2];
    if (transfer(me->peer, head, sizeof head, true) || head[1] > sizeof rx
        || transfer(me->peer, rx, head[1], true))
        return -EIO;
    me->length = head[1];
    finish->next_request_type = (int) head[0];
    finish->next_request_payload_length = head[1];
    return 0;
}

static bool read_number(const uint8_t *word, uint64_t *value) {
    *value = 0;
    for (int i = 0; i < WORD; ++i) {
        if (i < WORD - 8 && word[i]) return false;
        *value = *value << 8 | word[i];
    }
    return true;
}

static bool read_address(const uint8_t *word, cmt_abi_address_t *address) {
    for (int i = 0; i < 12; ++i)
        if (word[i]) return false;
    memcpy(address->data, word + 12, 20);
    return true;
}

int cmt_rollup_read_advance_state(cmt_rollup_t *me, cmt_rollup_advance_t *advance) {
    static const uint8_t selector[4] = {0x41, 0x5b, 0xf3, 0x63};
    if (!me || !advance) return -EINVAL;
    if (me->length < sizeof selector + 8 * WORD || memcmp(rx, selector, sizeof selector)) return -ENOBUFS;
    uint8_t *words = rx + sizeof selector;
    size_t room = me->length - sizeof selector;
    uint64_t offset, length;
    if (!read_number(words, &advance->chain_id) || !read_address(words + WORD, &advance->app_contract)
        || !read_address(words + 2 * WORD, &advance->msg_sender)
        || !read_number(words + 3 * WORD, &advance->block_number)
        || !read_number(words + 4 * WORD, &advance->block_timestamp)
        || !read_number(words + 6 * WORD, &advance->index) || !read_number(words + 7 * WORD, &offset))
        return -ENOBUFS;
    memcpy(advance->prev_randao.data, words + 5 * WORD, WORD);
    if (offset > room || room - offset < WORD || !read_number(words + offset, &length)
        || length > room - offset - WORD)
        return -ENOBUFS;
    advance->payload = (cmt_abi_bytes_t) {length, words + offset + WORD};
    return 0;
}

int cmt_rollup_read_inspect_state(cmt_rollup_t *me, cmt_rollup_inspect_t *inspect) {
    if (!me || !inspect) return -EINVAL;
    inspect->payload = (cmt_abi_bytes_t) {me->length, rx};
    return 0;
}

/* Outputs */

static int emit(cmt_rollup_t *me, const uint8_t selector[4], const uint8_t *words, size_t count,
    const cmt_abi_bytes_t *payload, uint64_t *index) {
    if (!me || !payload || (!payload->data && payload->length)) return -EINVAL;
    size_t head = 4 + (count + 2) * WORD;
    if (payload->length > sizeof tx - head) return -ENOBUFS;
    size_t length = head + (payload->length + WORD - 1) / WORD * WORD;
    if (length > sizeof tx) return -ENOBUFS;
    memset(tx, 0, length);
    memcpy(tx, selector, 4);
    if (count) memcpy(tx + 4, words, count * WORD);
    tx[head - WORD - 1] = (uint8_t) ((count + 1) * WORD);
    for (int i = 0; i < 8; ++i) tx[head - 1 - i] = (uint8_t) (payload->length >> 8 * i);
    if (payload->length) memcpy(tx + head, payload->data, payload->length);
    int answer = tell(me, OUTPUT, tx, length);
    if (answer) return answer;
    if (index) *index = me->leaves;
    add_leaf(me, tx, length);
    return 0;
}

int cmt_rollup_emit_voucher(cmt_rollup_t *me, const cmt_abi_address_t *address, const cmt_abi_u256_t *value,
    const cmt_abi_bytes_t *payload, uint64_t *index) {
    static const uint8_t selector[4] = {0x23, 0x7a, 0x81, 0x6f};
    uint8_t words[2 * WORD] = {0};
    memcpy(words + 12, address->data, 20);
    memcpy(words + WORD, value->data, WORD);
    return emit(me, selector, words, 2, payload, index);
}

int cmt_rollup_emit_delegate_call_voucher(cmt_rollup_t *me, const cmt_abi_address_t *address,
    const cmt_abi_bytes_t *payload, uint64_t *index) {
    static const uint8_t selector[4] = {0x10, 0x32, 0x1e, 0x8b};
    uint8_t words[WORD] = {0};
    memcpy(words + 12, address->data, 20);
    return emit(me, selector, words, 1, payload, index);
}

int cmt_rollup_emit_notice(cmt_rollup_t *me, const cmt_abi_bytes_t *payload, uint64_t *index) {
    static const uint8_t selector[4] = {0xc2, 0x58, 0xd6, 0xe5};
    return emit(me, selector, NULL, 0, payload, index);
}

static int send_as_it_is(cmt_rollup_t *me, uint32_t kind, const cmt_abi_bytes_t *payload) {
    if (!me || !payload || (!payload->data && payload->length)) return -EINVAL;
    return payload->length > sizeof tx ? -ENOBUFS : tell(me, kind, payload->data, payload->length);
}

int cmt_rollup_emit_report(cmt_rollup_t *me, const cmt_abi_bytes_t *payload) {
    return send_as_it_is(me, REPORT, payload);
}

int cmt_rollup_emit_exception(cmt_rollup_t *me, const cmt_abi_bytes_t *payload) {
    int answer = send_as_it_is(me, EXCEPTION, payload);
    while (!answer) pause(); /* nothing follows an exception */
    return answer;
}
