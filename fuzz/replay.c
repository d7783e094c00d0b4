/*
 * Runs a fuzz target over the files named as arguments, once each, without
 * libFuzzer. This makes the corpus an ordinary test.
 */
#include "fuzz.h"

/* Gives the target one file, in a block without a byte to spare. */
static int replay(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        perror(path);
        return 1;
    }
    long size = ftell(file);
    rewind(file);
    uint8_t *data = malloc(size > 0 ? (size_t)size : 1);
    if (size < 0 || data == NULL ||
        fread(data, 1, (size_t)size, file) != (size_t)size) {
        perror(path);
        return 1;
    }
    (void)fclose(file);
    printf("%s\n", path);
    (void)fflush(stdout); /* so that an abort shows whose it was */
    (void)LLVMFuzzerTestOneInput(data, (size_t)size);
    free(data);
    return 0;
}

int main(int count, char **paths) {
    int failures = count < 2; /* nothing to replay: a mistake in the set-up */
    for (int i = 1; i < count; i++)
        failures += replay(paths[i]);
    printf("%d inputs\n", count - 1);
    return failures > 0;
}
