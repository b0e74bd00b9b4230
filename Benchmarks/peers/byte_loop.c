/* The peer of the runtime's benchmark: a transfer driver that does nothing, written the way drivers of the nineties were:
 * one thread, one read(2) a byte, sscanf, one printf and fflush a reply. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void) {
    char line[4096], verb[20], job[20], transfer[20];
    size_t length = 0;
    char byte;
    while (read(0, &byte, 1) == 1) {
        if (byte != '\n') {
            if (length < sizeof line - 1) line[length++] = byte;
            continue;
        }
        line[length] = '\0';
        length = 0;
        if (sscanf(line, "%19s %19s %19s", verb, job, transfer) < 1) continue;
        if (!strcmp(verb, "INIT")) strcpy(job, "-");
        printf("%s %s %s SUCCESS -\n", verb, job, strcmp(verb, "CP") ? "-" : transfer);
        fflush(stdout);
    }
    return 0;
}
