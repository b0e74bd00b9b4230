/* The peer of the web-services drivers' benchmark: libcurl's multi interface and nothing else. Sends what a driver was seen
 * to send, on kept connections, and looks at the status of every answer.
 *
 *   soap_post COUNT PARALLEL URL FILE [URL FILE]...
 *
 * COUNT rounds, PARALLEL of them under way at once; in each round every FILE is posted to the URL before it, one behind the
 * other. In a file @MESSAGE@ stands for a UUID of each request and @ROUND@ for one of each round. The credential is in
 * X509_USER_PROXY, authorities are in X509_CERT_DIR. Prints the seconds of all, the processor seconds, and the
 * microseconds of each round, a line each; a round on each connection comes first and does not count. Exit status 1 when
 * anything but status 200 was answered. PAUSE tells the microseconds to wait before each round, with PARALLEL 1.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { STEPS = 8, PLACES = 64, LONGEST = 1 << 20 };

static struct { const char *url; char *text; struct curl_slist *headers; } steps[STEPS];
static struct { CURL *easy; double begin; char *body; char round[37]; int step; } places[PLACES];
static int step_count;

struct run { int count, begun, done; double *times; };

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void fail(const char *what, const char *why) {
    fprintf(stderr, "soap_post: %s: %s\n", what, why);
    exit(1);
}

static void make_uuid(char *text) {
    unsigned char bytes[16];
    static FILE *source;
    if (!source) source = fopen("/dev/urandom", "r");
    if (fread(bytes, 16, 1, source) != 1) fail("/dev/urandom", "ended");
    for (int i = 0, at = 0; i < 16; i++)
        at += sprintf(text + at, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", bytes[i]);
}

static char *read_file(const char *path) {
    char *text = malloc(LONGEST);
    FILE *file = fopen(path, "r");
    if (!file) fail(path, "cannot be read");
    text[fread(text, 1, LONGEST - 1, file)] = '\0';
    fclose(file);
    return text;
}

/* What the request says that it wants, for the header of the same name. */
static struct curl_slist *make_headers(const char *text) {
    char line[1000] = "SOAPAction: \"\"";
    const char *begin = strstr(text, ":Action>");
    const char *end = begin ? strchr(begin += strlen(":Action>"), '<') : NULL;
    if (end) snprintf(line, sizeof line, "SOAPAction: \"%.*s\"", (int)(end - begin), begin);
    struct curl_slist *list = curl_slist_append(NULL, line);
    list = curl_slist_append(list, "Content-Type: text/xml; charset=utf-8");
    list = curl_slist_append(list, "Accept: text/xml");
    return curl_slist_append(list, "Expect:");
}

/* Puts UUIDs of the same length as the words that stand for them into a copy. */
static void fill(char *body, const char *text, const char *round) {
    char message[37];
    make_uuid(message);
    while (*text) {
        const char *next = strchr(text, '@');
        size_t length = next ? (size_t)(next - text) : strlen(text);
        memcpy(body, text, length);
        body += length;
        text += length;
        if (!strncmp(text, "@MESSAGE@", 9)) {
            body = stpcpy(body, message);
            text += 9;
        } else if (!strncmp(text, "@ROUND@", 7)) {
            body = stpcpy(body, round);
            text += 7;
        } else if (*text) {
            *body++ = *text++;
        }
    }
    *body = '\0';
}

static size_t take(char *bytes, size_t size, size_t count, void *context) {
    (void)bytes, (void)context;
    return size * count;
}

static void send_step(CURLM *multi, int place) {
    int step = places[place].step;
    fill(places[place].body, steps[step].text, places[place].round);
    curl_easy_setopt(places[place].easy, CURLOPT_URL, steps[step].url);
    curl_easy_setopt(places[place].easy, CURLOPT_HTTPHEADER, steps[step].headers);
    curl_easy_setopt(places[place].easy, CURLOPT_POSTFIELDS, places[place].body);
    curl_easy_setopt(places[place].easy, CURLOPT_POSTFIELDSIZE, (long)strlen(places[place].body));
    curl_multi_add_handle(multi, places[place].easy);
}

static void begin_round(CURLM *multi, int place) {
    const char *pause = getenv("PAUSE");
    if (pause && atoi(pause)) usleep(atoi(pause));
    make_uuid(places[place].round);
    places[place].step = 0;
    places[place].begin = now();
    send_step(multi, place);
}

static void prepare(int place) {
    CURL *easy = places[place].easy = curl_easy_init();
    places[place].body = malloc(2 * LONGEST);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, (char *)0 + place);
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    /* Without the system's own authorities, which take longer to read than a handshake takes. */
    curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
    curl_easy_setopt(easy, CURLOPT_CAPATH, getenv("X509_CERT_DIR"));
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(easy, CURLOPT_SSLCERT, getenv("X509_USER_PROXY"));
    curl_easy_setopt(easy, CURLOPT_SSLKEY, getenv("X509_USER_PROXY"));
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take);
}

static double processor_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void finish_step(CURLM *multi, CURLMsg *message, struct run *run) {
    char *own;
    long code = 0;
    CURL *easy = message->easy_handle;
    if (message->data.result != CURLE_OK) fail("no answer", curl_easy_strerror(message->data.result));
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &code);
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &own);
    int place = (int)(own - (char *)0);
    if (code != 200) fail(steps[places[place].step].url, "answered with another status than 200");
    curl_multi_remove_handle(multi, easy);
    if (++places[place].step < step_count) return send_step(multi, place);
    run->times[run->done++] = now() - places[place].begin;
    if (run->begun < run->count) run->begun++, begin_round(multi, place);
}

static void carry_out(CURLM *multi, int parallel, struct run *run) {
    int running, left;
    run->begun = run->done = 0;
    while (run->begun < parallel && run->begun < run->count) begin_round(multi, run->begun++);
    while (run->done < run->count) {
        CURLMsg *message;
        curl_multi_perform(multi, &running);
        while ((message = curl_multi_info_read(multi, &left))) finish_step(multi, message, run);
        if (run->done < run->count) curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
}

int main(int argc, char **argv) {
    if (argc < 5 || argc % 2 == 0 || argc > 3 + 2 * STEPS) return 64;
    int parallel = atoi(argv[2]) > PLACES ? PLACES : atoi(argv[2]);
    for (int i = 3; i < argc; i += 2, step_count++) {
        steps[step_count].url = argv[i];
        steps[step_count].text = read_file(argv[i + 1]);
        steps[step_count].headers = make_headers(steps[step_count].text);
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURLM *multi = curl_multi_init();
    for (int i = 0; i < parallel; i++) prepare(i);
    struct run run = {.count = parallel};
    run.times = calloc(atoi(argv[1]) + parallel, sizeof *run.times);
    carry_out(multi, parallel, &run);

    run.count = atoi(argv[1]);
    double begin = now(), processor = processor_seconds();
    carry_out(multi, parallel, &run);
    printf("%.6f\n%.6f\n", now() - begin, processor_seconds() - processor);
    for (int i = 0; i < run.count; i++) printf("%.1f\n", run.times[i] * 1e6);
    return 0;
}
