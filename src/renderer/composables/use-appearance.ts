import { watchEffect } from 'vue';
import { useI18n } from 'vue-i18n';
import { usePreferences } from '../stores/preferences.ts';

/** Lets the whole page follow the person's choice of theme, density and language. */
export function useAppearance(): void {
  const preferences = usePreferences();
  const { locale } = useI18n({ useScope: 'global' });
  const root = document.documentElement;

  watchEffect(
    () => {
      root.dataset.theme = preferences.theme;
      root.dataset.density = preferences.density;
      root.lang = preferences.language;
      locale.value = preferences.language;
    },
    { flush: 'sync' },
  );
}
